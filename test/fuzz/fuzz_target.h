/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_target - what each fuzz_NAME.c defines; libFuzzer or replay.c calls it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Anything that is not a crash, a sanitizer's report or a hang is success. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Optional: called once before the first input, and before any folder named in argv is read, so
 * that inputs can be put there. A target that cannot run here prints why and exits with 77.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* fuzz_check - a claim that holds for every input; like assert(), but in every kind of build. */
static inline void fuzz_check(int holds, const char *claim)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", claim);
	abort();
}
