/* SPDX-License-Identifier: Apache-2.0 */
/* try_attach - attaches a program to a veth pair in a network namespace that nobody else sees. */
#pragma once

/* Each 0 when it worked, else a negative errno. When setup did not, nothing else was tried. */
struct attach_trial {
	int setup, clsact, tcx;
};

/* attach_try - in a child process: this one's namespace, and what is in it, are not touched. */
struct attach_trial attach_try(void);
