// SPDX-License-Identifier: GPL-2.0-only
/* Programs that do nothing, where kvmdbg's are: what tracing as such costs. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define EMPTY(event)			\
	SEC("tp_btf/" #event)		\
	int empty_##event(void *ctx)	\
	{				\
		return 0;		\
	}

EMPTY(kvm_exit)
EMPTY(kvm_booke_entry)
EMPTY(kvm_booke_debug_exit)
EMPTY(kvm_booke_debug_switch)

char LICENSE[] SEC("license") = "GPL";
