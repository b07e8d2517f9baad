/* SPDX-License-Identifier: Apache-2.0 */
/* digest - 64 bits that stand for many bytes. Not for an adversary, and the same on every node. */
#pragma once

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The finaliser of MurmurHash3: every bit of the input changes half of the output's. */
static inline uint64_t digest_mix(uint64_t hash)
{
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdULL;
	hash ^= hash >> 33;
	hash *= 0xc4ceb9fe1a85ec53ULL;
	return hash ^ hash >> 33;
}

static inline uint64_t digest_add(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t word;

	for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = digest_mix(hash ^ le64toh(word)) + 0x9e3779b97f4a7c15ULL;
	}
	word = 0;
	memcpy(&word, at, size);
	return digest_mix(hash ^ le64toh(word)) + size;
}
