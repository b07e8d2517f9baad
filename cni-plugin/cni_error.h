/* SPDX-License-Identifier: Apache-2.0 */
/* cni_error - the codes of CNI's error document (spec 1.1.0, section 5) in struct error. */
#pragma once

/* Below every negated errno, so that one int holds both; see cni_error_code(). */
#define CNI_ERROR(code) (-(4096 + (code)))

enum cni_code {
	CNI_VERSION = CNI_ERROR(1),	/* incompatible CNI version */
	CNI_FIELD = CNI_ERROR(2),	/* unsupported field; the message names it and its value */
	CNI_UNKNOWN = CNI_ERROR(3),	/* unknown container */
	CNI_ENVIRONMENT = CNI_ERROR(4), /* CNI_* variable missing or invalid */
	CNI_IO = CNI_ERROR(5),
	CNI_DECODE = CNI_ERROR(6), /* what came on stdin is no JSON */
	CNI_CONFIG = CNI_ERROR(7), /* the configuration is JSON, but not right */
	CNI_TRY_AGAIN = CNI_ERROR(11),
	CNI_NOT_AVAILABLE = CNI_ERROR(50), /* STATUS: no ADD can succeed now */
	CNI_IMPAIRED = CNI_ERROR(51),	   /* STATUS: and running pods suffer */
	/* Byway's own. */
	CNI_NO_ADDRESS = CNI_ERROR(100), /* every address of the ranges is taken */
	CNI_EXISTS = CNI_ERROR(101),	 /* the interface or the attachment is there already */
	CNI_MISMATCH = CNI_ERROR(102),	 /* CHECK: what is differs from what ADD promised */
	CNI_KERNEL = CNI_ERROR(103),	 /* the kernel refused; the message has its reason */
	CNI_DELEGATE = CNI_ERROR(104), /* the delegated IPAM plugin failed without saying a code */
	CNI_PORT_TAKEN = CNI_ERROR(105), /* another pod of this node has that host port */
};

/* cni_error_code - the number for the document; an errno is code 103. */
static inline int cni_error_code(int code)
{
	return code < -4096 ? -code - 4096 : -CNI_KERNEL - 4096;
}
