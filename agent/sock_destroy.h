/* SPDX-License-Identifier: Apache-2.0 */
/* sock_destroy - frees connected UDP sockets from backends that are gone. */
#pragma once

#include <stddef.h>

#include "base/error.h"

/*
 * A connected UDP socket sends to its backend without asking anybody. When that is gone while its
 * service has others, the socket is disconnected by the kernel (SOCK_DESTROY): sending fails with
 * EDESTADDRREQ, receiving with ECONNABORTED, and the program connects again, to a live one. Sockets
 * that were connected to the backend itself, and TCP's, which end by themselves, are left alone.
 *
 * sock_destroy_stale - in the caller's network namespace and in those that the records of run_dir
 * tell of. Returns how many in *ret_count; the first failure is returned after all were tried.
 */
int sock_destroy_stale(const char *bpf_dir, const char *run_dir, size_t *ret_count,
		       struct error *err);
