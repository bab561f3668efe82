# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests of what kvmdbg computes, on this host, under the address and undefined behaviour
# sanitizers. They link all of cli/ but main.c.

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_OUT := $(BUILD_HOST)/unit
UNIT_FLAGS = $(CFLAGS_HOST) -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Icli -Ibpf $(CLI_FLAGS) $(CLI_FLAGS_HOST)
UNIT_OBJ := $(patsubst cli/%.c,$(UNIT_OUT)/cli/%.o,$(filter-out cli/main.c,$(CLI_SRC)))

UNIT_TESTS += $(UNIT_SRC:tests/unit/%.c=$(UNIT_OUT)/%)

$(UNIT_OUT)/cli/%.o: cli/%.c cli/rules.mk tests/unit/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) $(UNIT_FLAGS) -c $< -o $@

$(UNIT_OUT)/%.o: tests/unit/%.c tests/unit/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) $(UNIT_FLAGS) -c $< -o $@

# the programs as the board loads them
$(UNIT_OUT)/test_bpf.o: UNIT_FLAGS += -DBOARD_OBJECT='"$(BUILD_BOARD)/booke.bpf.o"'
$(UNIT_OUT)/test_bpf: | $(BUILD_BOARD)/booke.bpf.o

# guests of both byte orders, with 32 and 64 bits; the last one with function descriptors
SYMBOLS_ELF := $(patsubst %,$(UNIT_OUT)/symbols-%.elf,le64 le32 be32 be64)
SYMBOLS_AS_le64 := as --64
SYMBOLS_AS_le32 := as --32
SYMBOLS_AS_be32 := $(AS_GUEST) -a32 -mbig
SYMBOLS_AS_be64 := $(AS_GUEST) -a64 -mbig --defsym OPD=1
SYMBOLS_LD_le64 := ld -m elf_x86_64 -Ttext 0xffffffff81001000 -Tdata 0xffffffff81100000
SYMBOLS_LD_le32 := ld -m elf_i386 -Ttext 0xc0001000 -Tdata 0xc0100000
SYMBOLS_LD_be32 := $(LD_GUEST) -m elf32ppc -Ttext 0xc0001000 -Tdata 0xc0100000
SYMBOLS_LD_be64 := $(LD_GUEST) -m elf64ppc -Ttext 0xc000000000001000 -Tdata 0xc000000000100000

$(UNIT_OUT)/symbols-%.elf: tests/unit/data/symbols.S tests/unit/rules.mk
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(SYMBOLS_AS_$*) $< -o $(@:.elf=.o)
	$(Q)$(SYMBOLS_LD_$*) -N --no-warn-rwx-segments -e first $(@:.elf=.o) -o $@

$(UNIT_OUT)/test_symbols.o: UNIT_FLAGS += -DSYMBOLS_ELF='"$(UNIT_OUT)/symbols-%s.elf"'
$(UNIT_OUT)/test_json.o $(UNIT_OUT)/test_explain.o $(UNIT_OUT)/test_view.o: UNIT_FLAGS += -DSYMBOLS_ELF='"$(UNIT_OUT)/symbols-be32.elf"'
$(UNIT_OUT)/test_symbols $(UNIT_OUT)/test_json $(UNIT_OUT)/test_explain $(UNIT_OUT)/test_view: | $(SYMBOLS_ELF)

$(UNIT_OUT)/test_%: $(UNIT_OUT)/test_%.o $(UNIT_OBJ) $(BUILD_HOST)/cli/objects.o
	$(call say,LD,$@)
	$(Q)$(CC_HOST) -fsanitize=address,undefined $(LDFLAGS_HOST) $^ -lcmocka $(CLI_LIBS_HOST) -o $@

.SECONDARY: $(UNIT_OBJ) $(UNIT_SRC:tests/unit/%.c=$(UNIT_OUT)/%.o)
-include $(UNIT_OBJ:.o=.d) $(UNIT_SRC:tests/unit/%.c=$(UNIT_OUT)/%.d)
