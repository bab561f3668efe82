# SPDX-License-Identifier: GPL-2.0-only
#
# kvmdbg, for this host and for the board. cli/*.c but main.c are also what the unit tests link.

KVMDBG_VERSION ?= 0.1
CLI_SRC := $(wildcard cli/*.c)
CLI_FLAGS := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DKVMDBG_VERSION='"$(KVMDBG_VERSION)"' -MMD -MP
CLI_LIBS := -lbpf -lelf -lz -ljson-c -lncursesw -lm
CLI_LIBS_HOST := -l:libRmath.a -ldw $(CLI_LIBS) -ltinfo
# what only this host's build has the libraries for
CLI_FLAGS_HOST := -DHAVE_RMATH -DHAVE_LIBDW
CLI_OBJ_HOST := $(CLI_SRC:%.c=$(BUILD_HOST)/%.o) $(BUILD_HOST)/cli/objects.o
# diff is for the machine that one develops on: the board does without R's library
CLI_SRC_HOST := cli/x86.c cli/diff.c cli/compare.c cli/stats.c
CLI_OBJ_BOARD := $(patsubst %.c,$(BUILD_BOARD)/%.o,$(filter-out $(CLI_SRC_HOST),$(CLI_SRC))) $(BUILD_BOARD)/cli/objects.o

HOST_BINS += $(BUILD_HOST)/kvmdbg
BOARD_BINS += $(BUILD_BOARD)/kvmdbg

$(BUILD_HOST)/cli/%.o: cli/%.c cli/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) $(CFLAGS_HOST) $(CLI_FLAGS) $(CLI_FLAGS_HOST) -c $< -o $@

$(BUILD_HOST)/cli/objects.o: cli/objects.S cli/completion.bash cli/completion.zsh $(BUILD_HOST)/booke.bpf.o $(BUILD_HOST)/x86.bpf.o
	$(call say,AS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) -Wa,-I$(BUILD_HOST) -c $< -o $@

$(BUILD_HOST)/kvmdbg: $(CLI_OBJ_HOST)
	$(call say,LD,$@)
	$(Q)$(CC_HOST) $(LDFLAGS_HOST) $^ $(CLI_LIBS_HOST) -o $@

$(BUILD_BOARD)/cli/%.o: cli/%.c cli/rules.mk $(SYSROOT_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_BOARD) $(CFLAGS_BOARD) -isystem $(SYSROOT)/include/ncursesw $(CLI_FLAGS) -c $< -o $@

$(BUILD_BOARD)/cli/objects.o: cli/objects.S cli/completion.bash cli/completion.zsh $(BUILD_BOARD)/booke.bpf.o
	$(call say,AS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_BOARD) -Wa,-I$(BUILD_BOARD) -c $< -o $@

$(BUILD_BOARD)/kvmdbg: $(CLI_OBJ_BOARD)
	$(call say,LD,$@)
	$(Q)$(CC_BOARD) $(LDFLAGS_BOARD) $^ $(CLI_LIBS) -o $@

# The manual's list of keys is between two comments.
MAN_KEYS := $(BUILD_HOST)/man-keys

$(MAN_KEYS): cli/man/keys.c $(BUILD_HOST)/cli/actions.o
	$(call say,CC,$@)
	$(Q)$(CC_HOST) $(CFLAGS_HOST) $(CLI_FLAGS) -Icli $^ -o $@

-include $(CLI_SRC:%.c=$(BUILD_HOST)/%.d) $(CLI_SRC:%.c=$(BUILD_BOARD)/%.d)
