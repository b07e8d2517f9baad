/* SPDX-License-Identifier: Apache-2.0 */
/* slots - which slot each backend of a set has: as few of them move as can be. */
#include "agent/compile/slots.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Who is where: the index of a backend, or NOBODY. */
#define NOBODY UINT32_MAX

struct board {
	struct slot_set *set;
	uint32_t *at;
	size_t size;
};

static bool slot_in_use(const struct board *board, size_t slot)
{
	return slot < board->size && board->at[slot] != NOBODY &&
	       board->set->items[board->at[slot]].takes;
}

static void slot_give(struct board *board, uint32_t item, size_t slot)
{
	board->at[slot] = item;
	board->set->items[item].slot = (int32_t)slot;
}

/* --- what was --------------------------------------------------------------------------------- */

static int place_compare(const struct ip_addr *a, __be16 a_port, const struct ip_addr *b,
			 __be16 b_port)
{
	int order = memcmp(a, b, sizeof(*a));

	return order ? order : ntohs(a_port) - ntohs(b_port);
}

int slotted_compare(const void *a, const void *b)
{
	const struct slotted *x = a, *y = b;

	return place_compare(&x->addr, x->port, &y->addr, y->port);
}

static int row_compare(const void *a, const void *b)
{
	const struct backend_row *const *x = a, *const *y = b;
	int order = place_compare(&(*x)->value.addr, (*x)->value.port, &(*y)->value.addr,
				  (*y)->value.port);

	return order ? order : (*x)->key.slot - (*y)->key.slot;
}

/* Both in the same order, side by side. */
static void past_keep(struct board *board, const struct backend_row *const *rows, size_t count)
{
	struct slot_set *set = board->set;
	size_t row = 0;

	for (uint32_t item = 0; item < set->count; item++) {
		const struct slotted *each = &set->items[item];
		int order = -1;

		while (row < count &&
		       (order = place_compare(&rows[row]->value.addr, rows[row]->value.port,
					      &each->addr, each->port)) < 0)
			row++;
		if (row < count && order == 0)
			slot_give(board, item, rows[row++]->key.slot);
	}
}

static int past_join(struct board *board, const struct slot_past *past)
{
	const struct backend_row **rows = malloc((past->count + 1) * sizeof(*rows));
	size_t count = 0;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < past->count; i++)
		if (past->rows[i].key.slot < board->size)
			rows[count++] = &past->rows[i];
	qsort(rows, count, sizeof(*rows), row_compare);
	past_keep(board, rows, count);
	free(rows);
	return 0;
}

/* --- what is new ------------------------------------------------------------------------------ */

static void new_join(struct board *board)
{
	struct slot_set *set = board->set;
	size_t free_slot = 0;

	for (uint32_t item = 0; item < set->count; item++) {
		if (!set->items[item].takes || set->items[item].slot != SLOT_NONE)
			continue;
		while (free_slot < board->size && board->at[free_slot] != NOBODY)
			free_slot++;
		if (free_slot < board->size)
			slot_give(board, item, free_slot);
		else
			set->left_out++;
	}
}

static size_t slots_needed(const struct board *board)
{
	size_t top = board->size;

	while (top && !slot_in_use(board, top - 1))
		top--;
	return top;
}

static size_t takes_count(const struct slot_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += set->items[i].takes && set->items[i].slot != SLOT_NONE;
	return count;
}

/* The lowest slot that is empty or, with draining, is not in use; limit: there is none. */
static size_t seat_find(const struct board *board, size_t from, size_t limit, bool draining)
{
	while (from < limit && (draining ? slot_in_use(board, from) : board->at[from] != NOBODY))
		from++;
	return from;
}

static void slot_move(struct board *board, size_t from, size_t to)
{
	uint32_t item = board->at[from];

	if (board->at[to] != NOBODY)
		board->set->items[board->at[to]].slot = SLOT_NONE;
	board->at[from] = NOBODY;
	slot_give(board, item, to);
}

/* Afterwards all that are in use are below limit, which is twice their number. */
static void top_move_down(struct board *board, size_t limit)
{
	bool draining = false;
	size_t seat = 0;

	for (size_t top = board->size; top > limit; top--) {
		if (!slot_in_use(board, top - 1))
			continue;
		seat = seat_find(board, seat, limit, draining);
		if (seat == limit && !draining) {
			draining = true;
			seat = seat_find(board, 0, limit, draining);
		}
		slot_move(board, top - 1, seat);
	}
}

static void slots_close(struct board *board, const struct slot_past *past)
{
	struct slot_set *set = board->set;
	size_t needed = slots_needed(board), sure = 0;

	set->takes = takes_count(set);
	if (!set->takes)
		return;
	if (needed > 2 * set->takes) {
		top_move_down(board, 2 * set->takes);
		needed = slots_needed(board);
	}
	if (past->slots > needed && past->slots <= 2 * set->takes)
		needed = past->slots;
	if (past->slots && past->sure < needed && slot_in_use(board, past->sure))
		sure = past->sure;
	else
		while (!slot_in_use(board, sure))
			sure++;
	set->slots = (uint16_t)needed;
	set->sure = (uint16_t)sure;
}

static size_t board_size(const struct slot_set *set, const struct slot_past *past)
{
	size_t size = set->count + past->count;

	for (size_t i = 0; i < past->count; i++)
		if (past->rows[i].key.slot >= size)
			size = past->rows[i].key.slot + 1u;
	return size < BACKEND_SLOTS_MAX ? size : BACKEND_SLOTS_MAX;
}

int slots_assign(struct slot_set *set, const struct slot_past *past)
{
	struct board board = { .set = set, .size = board_size(set, past) };
	int rc;

	set->slots = set->sure = 0;
	set->takes = set->left_out = 0;
	if (!board.size)
		return 0;
	board.at = malloc(board.size * sizeof(*board.at));
	if (!board.at)
		return -ENOMEM;
	memset(board.at, 0xff, board.size * sizeof(*board.at));
	for (size_t i = 0; i < set->count; i++)
		set->items[i].slot = SLOT_NONE;
	rc = past_join(&board, past);
	if (!rc) {
		new_join(&board);
		slots_close(&board, past);
	}
	free(board.at);
	return rc;
}
