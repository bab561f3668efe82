# SPDX-License-Identifier: GPL-2.0-only
#
# kvmdbg: build, demo and tests. `make help` lists the targets.
#
# Interface for the fragments (bpf, cli, tests/unit, tests/vmm: <folder>/rules.mk, included below).
# All paths are relative to the top folder; nothing changes directory.
#
#   BUILD_HOST BUILD_BOARD   build/host, build/board (board64): the only places products go to
#   CC_HOST CFLAGS_HOST LDFLAGS_HOST      host C compiler; CFLAGS_HOST has the warnings and the
#                            include path of HOST_LIBBPF; LDFLAGS_HOST its library path
#   CC_BOARD CFLAGS_BOARD LDFLAGS_BOARD   cross compiler; CFLAGS_BOARD has the warnings, the
#                            patched kernel's UAPI headers and the sysroot's headers;
#                            LDFLAGS_BOARD is -static and the sysroot's library path
#   CC_GUEST AS_GUEST LD_GUEST   for the guests' payloads: 32-bit, without libraries, on every board
#   WARN                     -Wall -Wextra -Werror and friends (part of both CFLAGS_*)
#   CLANG BPFTOOL            for BPF objects and vmlinux.h
#   SYSROOT                  include/ lib/ bin/ usr-include/ of the board
#   HOST_LIBBPF              include/ lib/libbpf.a for the host, of the same kernel source
#   KERNEL_VMLINUX           the board's patched kernel, with BTF
#   QEMU_BIN                 the board's emulator, which has the debug facility
#   SYSROOT_STAMP HOST_LIBBPF_STAMP KERNEL_STAMP QEMU_STAMP
#                            what a rule must list as a prerequisite to use the four above; their
#                            time only changes when the result does. All C objects of the board
#                            need SYSROOT_STAMP, of the host HOST_LIBBPF_STAMP
#   Q                        prefix of recipe lines ($(Q)...), empty with V=1
#   $(call say,CC,$@)        first recipe line: one short line for each step (nothing with V=1)
#
# What the fragments give back (with +=):
#   BOARD_BINS               files to install into /bin of the board's root
#   HOST_BINS                host programs that `make all` builds
#   UNIT_TESTS               cmocka programs (host, ASan+UBSan) that `make check-unit` runs, each
#                            with CMOCKA_MESSAGE_OUTPUT=TAP in the environment
# Expected products: $(BUILD_BOARD)/kvmdbg and $(BUILD_HOST)/kvmdbg (cli), $(BUILD_BOARD)/kvmdbg-vmm
# (tests/vmm). Header dependencies: -MMD -MP and -include of the .d files.
# The board's tests are tests/system/NN-name.sh (TAP on stdout; run on the board as /tests/...);
# other files in tests/system and all of tracepoints/ go to /tests, /tests/tracepoints as well.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash

V ?= 0
ifeq ($(V),0)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
else
Q :=
say = @:
endif

# The board: e500v2 has its guests in user mode, e500mc and e5500 in a hypervisor's guest state. The
# first two are 32-bit and share their programs, the last one is 64-bit.
BOARDS := e500v2 e500mc e5500
BOARD ?= e500v2
ifeq ($(filter $(BOARDS),$(BOARD)),)
$(error BOARD=$(BOARD): no such board, there are: $(BOARDS))
endif
ifeq ($(BOARD),e5500)
BITS := 64
else
BITS :=
endif
# in the names of what there is one of for each board
ON := $(patsubst -e500v2,,-$(BOARD))

# seconds that the demo runs
DEMO_SECS ?= 20

# how many random requests, for how many seconds of the board at least, and where they begin
FUZZ_ROUNDS ?= 1000
FUZZ_SECS ?= 0
FUZZ_SEED ?=
FUZZ_WORDS = panic_on_warn=1 sysctl.kernel.panic_on_rcu_stall=1 fuzz_rounds=$(FUZZ_ROUNDS) \
	fuzz_secs=$(FUZZ_SECS) fuzz_seed=$(FUZZ_SEED)

BUILD := build
BUILD_HOST := $(BUILD)/host
BUILD_BOARD := $(BUILD)/board$(BITS)
SYSROOT := $(BUILD)/sysroot$(BITS)
HOST_LIBBPF := $(BUILD)/host-libbpf
KERNEL := $(BUILD)/kernel$(ON)
KERNEL_VMLINUX := $(KERNEL)/vmlinux
FUZZ_KERNEL := $(BUILD)/fuzz-kernel$(ON)
QEMU := $(BUILD)/qemu
QEMU_BIN := $(QEMU)/bin/qemu-system-ppc64
SYSROOT_STAMP := $(SYSROOT)/.stamp
HOST_LIBBPF_STAMP := $(HOST_LIBBPF)/.stamp
KERNEL_STAMP := $(KERNEL)/.stamp
QEMU_STAMP := $(QEMU)/.stamp
MUTANTS := $(BUILD)/qemu-mutants
MUTANTS_STAMP := $(MUTANTS)/.stamp
FUZZ_KERNEL_STAMP := $(FUZZ_KERNEL)/.stamp
X86HOST := $(BUILD)/x86host
X86HOST_QEMU := $(QEMU)/bin/qemu-system-x86_64
# Debian's kernels: that of this release, and the newer one
X86HOST_KERNELS := linux-image-amd64 linux-image-6.12-amd64
X86HOST_STAMPS := $(X86HOST_KERNELS:%=$(X86HOST)/%/.stamp) $(QEMU_STAMP)

WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
CC_HOST ?= gcc
CFLAGS_HOST := -std=gnu11 -O2 -g $(WARN) -isystem $(HOST_LIBBPF)/include
LDFLAGS_HOST := -L$(HOST_LIBBPF)/lib
CROSS_COMPILE ?= powerpc$(BITS)-linux-gnu-
CC_GUEST := powerpc-linux-gnu-gcc
AS_GUEST := powerpc-linux-gnu-as
LD_GUEST := powerpc-linux-gnu-ld
CC_BOARD := $(CROSS_COMPILE)gcc
STRIP_BOARD := $(CROSS_COMPILE)strip
CFLAGS_BOARD := -std=gnu11 -O2 -g $(WARN) -isystem $(SYSROOT)/usr-include -isystem $(SYSROOT)/include
LDFLAGS_BOARD := -static -L$(SYSROOT)/lib
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)

BOARD_BINS :=
HOST_BINS :=
UNIT_TESTS :=

INITRD := $(BUILD_BOARD)/initrd.gz
ROOTFS_FILES := tests/board/init $(wildcard tests/system/* tracepoints/*)

# the goals that only call others do without, and so work before the compilers are installed
ifneq ($(filter-out help packages demo demo-board check check-long ahead check-series series clean,$(or $(MAKECMDGOALS),all)),)
-include bpf/rules.mk cli/rules.mk tests/unit/rules.mk tests/vmm/rules.mk \
	tests/bare/rules.mk tests/bench/rules.mk tests/fuzz/rules.mk tests/screen/rules.mk \
	tests/linux/rules.mk
endif

.PHONY: help packages all demo demo-board shell-board check check-long ahead check-unit check-fuzz \
	check-x86 check-x86host check-screen check-series check-board check-smp check-stub check-bare \
	check-linux check-controls check-apart check-bench check-bisect bench bench-board bench-accept \
	man series kernel clean FORCE

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22
	@echo '  BOARD=e500mc, BOARD=e5500: that board; V=1 shows the commands; DEMO_SECS=$(DEMO_SECS) is the length of the demo'

packages: ## install the Debian packages that are missing (the list is scripts/packages)
	$(Q)scripts/install-packages.sh

# The heavy results live in the cache; their scripts answer at once when nothing has changed, and
# touch the stamp only when the result is another one.
$(KERNEL_STAMP): FORCE
	$(Q)kernel/build.sh --config kernel/configs/board-$(BOARD).config --link $(KERNEL)
$(FUZZ_KERNEL_STAMP): FORCE
	$(Q)kernel/build.sh --config kernel/configs/fuzz-$(BOARD).config --link $(FUZZ_KERNEL)
$(SYSROOT_STAMP): FORCE
	$(Q)tests/board/sysroot.sh --target powerpc$(BITS)-linux-gnu --link $(SYSROOT)
$(HOST_LIBBPF_STAMP): FORCE
	$(Q)tests/board/sysroot.sh --host --link $(HOST_LIBBPF)
$(QEMU_STAMP): FORCE
	$(Q)tests/board/qemu.sh --link $(QEMU)
$(MUTANTS_STAMP): FORCE
	$(Q)tests/board/qemu.sh --mutants --link $(MUTANTS)

$(INITRD): $(BOARD_BINS) $(ROOTFS_FILES) tests/board/rootfs.sh tests/board/archive.sh $(SYSROOT_STAMP)
	$(call say,ROOTFS,$@)
	$(Q)STRIP=$(STRIP_BOARD) tests/board/rootfs.sh $@ $(SYSROOT) $(BOARD_BINS)

# The emulated x86 host. Its programs are those of this host.
$(X86HOST)/linux-image-%/.stamp: FORCE
	$(Q)tests/x86host/debian.sh --link $(@D) linux-image-$*

X86HOST_PROGRAMS := $(HOST_BINS) $(X86HOST_QEMU) /usr/bin/setpriv

$(X86HOST)/initrd.gz: $(HOST_BINS) tests/board/init tests/x86host/rootfs.sh tests/board/archive.sh \
		$(wildcard tests/x86/*) $(X86HOST_STAMPS) $(X86_GDBGUEST) $(X86_GUEST)
	$(call say,ROOTFS,$@)
	$(Q)tests/x86host/rootfs.sh $@ $(X86HOST_KERNELS:%=$(X86HOST)/%) -- $(X86_GDBGUEST) $(X86_GUEST) \
		$(X86HOST_PROGRAMS)

all: $(HOST_BINS) $(INITRD) $(KERNEL_STAMP) $(QEMU_STAMP) ## kvmdbg for this host; kernel, root and tools of the board

kernel: $(KERNEL_STAMP) ## only the board's kernel

demo: ## the main job, live: on this host's kernel, or on the emulated board
	$(Q)MAKE='$(MAKE)' scripts/demo.sh $(DEMO_SECS)

# what demo-board shows: on e5500 two guests with Linux
ifeq ($(BOARD),e5500)
DEMO_INITRD = $(LINUX_INITRD)
DEMO_CPUS := 2
else
DEMO_INITRD = $(INITRD)
DEMO_CPUS := 1
endif

demo-board: packages ## the emulated board with the patched kernel: a debugged guest under kvmdbg top
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) show-board

.PHONY: show-board
show-board: $(DEMO_INITRD) $(KERNEL_STAMP) $(QEMU_STAMP)
	$(Q)tests/board/boot.sh --qemu $(QEMU_BIN) --kernel $(KERNEL_VMLINUX) \
		--initrd $(DEMO_INITRD) --machine $(BOARD) --cpus $(DEMO_CPUS) demo $(DEMO_SECS)
	@echo 'the demo is over (DEMO_SECS=60 makes it longer; `make shell-board` is a shell on the board)'

shell-board: $(INITRD) $(KERNEL_STAMP) $(QEMU_STAMP) ## a shell on the board
	$(Q)tests/board/boot.sh --qemu $(QEMU_BIN) --kernel $(KERNEL_VMLINUX) \
		--initrd $(INITRD) --machine $(BOARD) shell

# Boards with two CPUs, whose order of things is what is tested, have this machine to themselves.
check: ## every test; the last line is `N passed, N failed`
	$(Q)MAKE='$(MAKE)' scripts/check.sh --ahead ahead check-unit check-x86 check-screen check-x86host \
		check-series check-smp check-linux check-linux-e5500 -- ready check-fuzz check-board \
		$(OTHER_BOARDS:%=check-board-%) check-bare check-stub check-bench

# What a cold check waits longest for, in the order in which it wants it; into the cache alone, so
# that no file is made by two at a time.
ahead:
	$(Q)for target in powerpc powerpc64; do tests/board/sysroot.sh --target $$target-linux-gnu; done
	$(Q)for kernel in $(BOARDS:%=board-%) fuzz-e500v2; do \
		kernel/build.sh --config kernel/configs/$$kernel.config; \
	done
	$(Q)$(BENCH_LAZY); $(BENCH_EAGER); $(BENCH_BARE); $(BENCH_FIX)

# What more than one of the suites that run two at a time is made from.
.PHONY: ready ready-board
ready: $(BUILD_HOST)/kvmdbg
	$(Q)for board in $(BOARDS); do \
		$(MAKE) --no-print-directory BOARD=$$board ready-board || exit; \
	done
ready-board: $(INITRD) $(KERNEL_STAMP) $(QEMU_STAMP)

check-long: ## what takes longer: ten minutes of fuzzing, 100,000 random requests, a bisection of the kernel, the instructions of the other boards, an emulator without each of its rules
	$(Q)MAKE='$(MAKE)' KVMDBG_FUZZ_SECS=600 TAP_TIMEOUT=3600 FUZZ_ROUNDS=100000 FUZZ_SECS=60 \
		scripts/check.sh check-fuzz check-controls $(OTHER_BOARDS:%=check-apart-%) check-stub \
		check-bisect $(OTHER_BOARDS:%=check-bench-%)

check-unit: $(UNIT_TESTS) ## unit tests, on this host
	$(Q)scripts/run-tap.sh $@ $(UNIT_TESTS)

check-fuzz: $(FUZZ_TEST) $(SYMBOLS_ELF) ## the readers of files, on what are none
	$(Q)scripts/run-tap.sh $@ tests/fuzz/run.sh

check-x86: $(HOST_BINS) $(X86_GDBGUEST) $(X86_GUEST) $(QEMU_STAMP) ## kvmdbg on this host's own kernel, if it is x86 with KVM
	$(Q)scripts/run-tap.sh $@ tests/x86/[0-9]*.sh

check-screen: $(HOST_BINS) $(X86_GUEST) $(SCREEN_CRASH) $(SCREEN_SOAK) $(SCREEN_STRAYS) $(MAN_KEYS) ## the screen of kvmdbg top, in a terminal
	$(Q)scripts/run-tap.sh $@ tests/screen/[0-9]*.sh $(SCREEN_SOAK)

check-x86host: $(X86HOST)/initrd.gz ## the same on an emulated x86 host, with Debian's kernels
	$(Q)tests/x86host/check.sh $@ $(X86HOST_QEMU) $(X86HOST)/initrd.gz \
		$(X86HOST_KERNELS:%=$(X86HOST)/%/vmlinuz)

check-series: ## the kernel series: style, and every step of it compiles
	$(Q)kernel/check-series.sh

check-board: $(INITRD) $(BUILD_HOST)/kvmdbg $(KERNEL_STAMP) $(QEMU_STAMP) ## system tests and KUnit, on the emulated board
	$(Q)tests/board/check.sh --qemu $(QEMU_BIN) --kernel $(KERNEL_VMLINUX) \
		--initrd $(INITRD) --machine $(BOARD) --suite $@$(ON)

# SUITE-BOARD: on the others of the boards
OTHER_BOARDS := $(filter-out e500v2,$(BOARDS))
define on_other_boards
.PHONY: $(OTHER_BOARDS:%=$(1)-%)
$(OTHER_BOARDS:%=$(1)-%): $(1)-%:
	$$(Q)$$(MAKE) --no-print-directory BOARD=$$* $(1)
endef
$(foreach suite,check-board check-linux check-apart check-bench,$(eval $(call on_other_boards,$(suite))))

check-smp: $(INITRD) $(KERNEL_STAMP) $(QEMU_STAMP) ## vCPUs that are moved, on a board with two CPUs
	$(Q)tests/board/check.sh --qemu $(QEMU_BIN) --kernel $(KERNEL_VMLINUX) \
		--initrd $(INITRD) --machine $(BOARD) --cpus 2 --timeout 300 \
		--suite $@$(ON) 18-move.sh 24-serial.sh

check-linux: $(LINUX_INITRD) $(KERNEL_STAMP) $(QEMU_STAMP) ## Linux as a debugged guest, on a board with two CPUs
	$(Q)tests/board/check.sh --qemu $(QEMU_BIN) --kernel $(KERNEL_VMLINUX) \
		--initrd $(LINUX_INITRD) --machine $(BOARD) --cpus 2 --timeout 600 \
		--suite $@$(ON) 50-linux.sh

# panic_on_warn: the first word of complaint ends it
check-stub: $(INITRD) $(FUZZ_KERNEL_STAMP) $(QEMU_STAMP) ## random requests, on a kernel that looks for bugs
	$(Q)tests/board/check.sh --qemu $(QEMU_BIN) --kernel $(FUZZ_KERNEL)/vmlinux \
		--initrd $(INITRD) --machine $(BOARD) --cpus 2 --timeout $$(($(FUZZ_ROUNDS) / 5 + $(FUZZ_SECS) + 300)) \
		--append '$(FUZZ_WORDS)' --suite $@$(ON) 23-preempted.sh 19-fuzz.sh

check-bare: $(BARE_ELFS) $(QEMU_STAMP) ## what the emulator's cores do, without an operating system
	$(Q)tests/bare/check.sh --qemu $(QEMU_BIN) $(BARE_BUILD)

check-controls: $(BARE_ELFS) $(MUTANTS_STAMP) ## that each case fails where the rule it is about is switched off
	$(Q)tests/bare/check.sh --qemu $(MUTANTS)/bin/qemu-system-ppc64 --mutants $(MUTANTS)/mutants \
		$(BARE_BUILD)

check-apart: $(INITRD) $(KERNEL_STAMP) $(MUTANTS_STAMP) ## BOARD=e500mc, e5500: its test fails where the rules that keep VMs apart are switched off
	$(if $(ON),,$(error e500v2 has none of these rules: check-apart is for BOARD=e500mc and e5500))
	$(Q)BOARD=$(BOARD) KERNEL=$(KERNEL_VMLINUX) INITRD=$(INITRD) MUTANTS=$(MUTANTS) \
		TAP_TIMEOUT=$${TAP_TIMEOUT:-600} scripts/run-tap.sh $@$(ON) tests/board/apart.sh

# What is measured is the kernel without the account that KVM can keep of its exits.
BENCH_SET := --config kernel/configs/board-$(BOARD).config --set CONFIG_KVM_EXIT_TIMING=n
BENCH_NO_TRACE := --set CONFIG_FTRACE=n --set CONFIG_KPROBES=n --set CONFIG_KPROBE_EVENTS=n \
	--set CONFIG_BPF_EVENTS=n --set CONFIG_DEBUG_INFO_BTF=n --set CONFIG_DEBUG_INFO_DWARF4=n
# the others have no such strategy: see kernel/README.md
BENCH_EAGER := $(if $(ON),true,kernel/build.sh $(BENCH_SET) --set CONFIG_KVM_BOOKE_DEBUG_EAGER=y)
BENCH_LAZY := kernel/build.sh $(BENCH_SET)
BENCH_BARE := kernel/build.sh $(BENCH_SET) $(BENCH_NO_TRACE) --apart board-$(BOARD)-no-trace
BENCH_FIX := kernel/build.sh --series 1 $(BENCH_SET)
BENCH_BOARD := $(BUILD)/results/bench-board$(ON).json

# in the order in which the least has to be compiled again
bench-board: $(INITRD) $(QEMU_STAMP) ## instructions for the guest's way in and out, on the board
	$(Q)lazy=$$($(BENCH_LAZY)) && \
	eager=$$($(BENCH_EAGER)) && \
	bare=$$($(BENCH_BARE)) && \
	fix=$$($(BENCH_FIX)) && \
	tests/bench/board.sh --qemu $(QEMU_BIN) --machine $(BOARD) --initrd $(INITRD) \
		--out $(BENCH_BOARD) fix:off=$$fix $${eager:+eager:off=$$eager} lazy:out=$$bare \
		lazy:off,empty,kvmdbg,switch=$$lazy

check-bench: bench-board $(BUILD_HOST)/kvmdbg ## the instructions of bench-board against the baseline
	$(Q)ON=$(ON) scripts/run-tap.sh $@$(ON) tests/bench/check.sh

check-bisect: $(INITRD) $(BUILD_HOST)/kvmdbg $(QEMU_STAMP) ## git bisect finds the commit that made the exit path slower
	$(Q)TAP_TIMEOUT=$${TAP_TIMEOUT:-2400} scripts/run-tap.sh $@ tests/bench/bisect.sh

bench-accept: ## the last result of bench-board becomes the baseline; the commit says why
	$(Q)cp $(BENCH_BOARD) tests/bench/baseline$(ON).json

bench: ## what watching costs a guest of this host, beside other tools, and what the screen costs; tables and JSON
	$(Q)scripts/install-packages.sh --bench
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) $(BUILD_HOST)/kvmdbg $(BUILD_HOST)/kvmdbg-vmm \
		$(BENCH_EMPTY)
	$(Q)tests/bench/x86.sh
	$(Q)tests/bench/screen.sh

man: $(MAN_KEYS) ## the keys in kvmdbg-top(1), from the program's table
	$(Q)sed -i -e '/^\.\\" keys:/,/^\.\\" end of keys/{//!d}' \
		-e '/^\.\\" keys:/r /dev/stdin' cli/man/kvmdbg-top.1 < <($(MAN_KEYS))

series: ## the kernel series as a mailbox, into build/series
	$(Q)kernel/build.sh --mailbox $(BUILD)/series

clean: ## remove build/ (the cache stays: see scripts/cache.sh)
	$(Q)rm -rf $(BUILD)
