/* SPDX-License-Identifier: Apache-2.0 */
/* attach_kind - the ways a program can sit on an interface, by name. */
#include "attach_kind.h"

#include <string.h>

const char *attach_kind_name(enum attach_kind kind)
{
	switch (kind) {
	case ATTACH_CLSACT:
		return "clsact";
	case ATTACH_TCX:
		return "tcx";
	default:
		return "auto";
	}
}

bool attach_kind_parse(const char *name, enum attach_kind *ret_kind)
{
	for (enum attach_kind kind = ATTACH_AUTO; kind <= ATTACH_TCX; kind++) {
		if (strcmp(name, attach_kind_name(kind)))
			continue;
		*ret_kind = kind;
		return true;
	}
	return false;
}
