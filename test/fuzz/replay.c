/* SPDX-License-Identifier: Apache-2.0 */
/* replay - a fuzzer's main() without libFuzzer: the corpus, and seeded mutations of it. */
#include "fuzz_target.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define INPUT_SIZE_MAX 4096
#define INPUTS_MAX 4096
#define EDITS_MAX 8

struct input {
	uint8_t bytes[INPUT_SIZE_MAX];
	size_t size;
};

/* The options of libFuzzer that scripts/test uses; others are ignored. */
struct options {
	unsigned long runs, seconds;
	uint64_t seed;
};

static struct input corpus[INPUTS_MAX], current;
static size_t corpus_size;
static const char *artifact_prefix = "";

/* In the sanitizers' run-time library, where there is one. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));
/* Of the targets that need one. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

/* splitmix64 (Steele, Lea, Flood 2014): the same seed gives the same run on every machine. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static size_t random_below(uint64_t *state, size_t bound)
{
	return (size_t)(random_next(state) % bound);
}

/* As libFuzzer does, so that a crash can be tried again: fuzz_NAME FILE -runs=0 */
static void input_keep(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%scrash-input", artifact_prefix);

	CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, current.bytes, current.size) < 0)
		perror(path);
	else
		fprintf(stderr, "the input of %zu bytes is in %s\n", current.size, path);
}

static void abort_handle(int number)
{
	input_keep();
	signal(number, SIG_DFL);
	raise(number);
}

/* On the heap and exactly as long as the input, so that one byte too far is seen. */
static void current_try(void)
{
	uint8_t *copy = malloc(current.size ? current.size : 1);

	if (!copy)
		exit(2);
	memcpy(copy, current.bytes, current.size);
	LLVMFuzzerTestOneInput(copy, current.size);
	free(copy);
}

static void input_edit(struct input *input, uint64_t *state)
{
	static const uint8_t telling[] = { 0x00, 0xff, 0x7f, 0x80, '"', '{', '[', '/', ':', '.' };
	size_t at = input->size ? random_below(state, input->size) : 0;
	size_t count = 1 + random_below(state, 16);

	switch (random_below(state, 5)) {
	case 0: /* cut off */
		input->size = at;
		break;
	case 1: /* one bit */
		input->bytes[at] ^= (uint8_t)(1 << random_below(state, 8));
		break;
	case 2: /* a byte that means something to some parser */
		input->bytes[at] = telling[random_below(state, sizeof(telling))];
		break;
	case 3: /* say it twice */
		if (input->size + count > INPUT_SIZE_MAX || at + count > input->size)
			break;
		memmove(input->bytes + at + count, input->bytes + at, input->size - at);
		input->size += count;
		break;
	default: /* leave some out */
		if (at + count > input->size)
			break;
		memmove(input->bytes + at, input->bytes + at + count, input->size - at - count);
		input->size -= count;
		break;
	}
}

static void input_mutate(struct input *input, uint64_t *state)
{
	size_t edits = 1 + random_below(state, EDITS_MAX);

	*input = corpus[random_below(state, corpus_size)];
	while (edits--)
		input_edit(input, state);
}

static void corpus_add(int folder, const char *name)
{
	CLEANUP(fd_close) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct input *input = &corpus[corpus_size];
	ssize_t size;

	if (fd < 0 || corpus_size == INPUTS_MAX)
		return;
	size = read(fd, input->bytes, INPUT_SIZE_MAX);
	if (size < 0)
		return; /* a folder */
	input->size = (size_t)size;
	corpus_size++;
}

static void corpus_read(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort); /* in the same order everywhere */
	CLEANUP(fd_close) int folder = open(path, O_PATH | O_CLOEXEC);

	if (count < 0)
		corpus_add(AT_FDCWD, path);
	for (int i = 0; i < count; i++) {
		corpus_add(folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void options_parse(int argc, char **argv, struct options *ret_options)
{
	*ret_options = (struct options){ .runs = 1000, .seconds = 60, .seed = 1 };
	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=');

		if (argv[i][0] != '-')
			corpus_read(argv[i]);
		else if (value && !strncmp(argv[i], "-runs=", 6))
			ret_options->runs = strtoul(value + 1, NULL, 10);
		else if (value && !strncmp(argv[i], "-seed=", 6))
			ret_options->seed = strtoul(value + 1, NULL, 10);
		else if (value && !strncmp(argv[i], "-max_total_time=", 16))
			ret_options->seconds = strtoul(value + 1, NULL, 10);
		else if (value && !strncmp(argv[i], "-artifact_prefix=", 17))
			artifact_prefix = value + 1;
	}
}

int main(int argc, char **argv)
{
	struct options options;
	unsigned long run = 0;
	time_t begin = time(NULL);

	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(input_keep);
	signal(SIGABRT, abort_handle);
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	options_parse(argc, argv, &options);
	for (size_t i = 0; i < corpus_size; i++) {
		current = corpus[i];
		current_try();
	}
	if (corpus_size == 0)
		corpus_size = 1; /* the empty input */
	for (; run < options.runs && time(NULL) - begin < (time_t)options.seconds; run++) {
		input_mutate(&current, &options.seed);
		current_try();
	}
	printf("%zu inputs, %lu mutations\n", corpus_size, run);
	return 0;
}
