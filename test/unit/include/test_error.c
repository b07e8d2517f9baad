/* SPDX-License-Identifier: Apache-2.0 */
/* test_error - errors are one sentence with a code, however long the words. */
#include "base/error.h"

#include <errno.h>

#include "support/cases.h"

static void errno_adds_its_text(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(error_set(&err, -ENOENT, "open '%s'", "/a"), -ENOENT);
	assert_string_equal(err.text, "open '/a': No such file or directory");
	assert_int_equal(err.code, -ENOENT);
}

static void own_codes_add_nothing(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(error_set(&err, -5000, "no"), -5000);
	assert_string_equal(err.text, "no");
	assert_int_equal(error_say(&err, -ENOENT, "%d is no place", 7), -ENOENT);
	assert_string_equal(err.text, "7 is no place");
}

static void prefixes_stand_before(void **state)
{
	struct error err;

	(void)state;
	error_say(&err, -EINVAL, "mtu: must be a number");
	assert_int_equal(error_prefix(&err, "%s line %d", "node.json", 3), -EINVAL);
	assert_string_equal(err.text, "node.json line 3: mtu: must be a number");
}

static void long_words_are_cut(void **state)
{
	char words[2 * ERROR_TEXT_SIZE];
	struct error err;

	(void)state;
	memset(words, 'x', sizeof(words));
	words[sizeof(words) - 1] = '\0';
	error_set(&err, -ENOENT, "%s", words);
	assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
	error_prefix(&err, "where");
	assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
	assert_memory_equal(err.text, "where: xxx", 10);
	error_prefix(&err, "%s", words);
	assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
}

int main(void)
{
	static struct cases cases;

	case_add(&cases, "a negated errno adds its text", errno_adds_its_text, NULL);
	case_add(&cases, "a code of our own, or a whole sentence, adds nothing",
		 own_codes_add_nothing, NULL);
	case_add(&cases, "a prefix stands before the sentence", prefixes_stand_before, NULL);
	case_add(&cases, "words that do not fit are cut", long_words_are_cut, NULL);
	return cases_run("error", &cases, NULL, NULL);
}
