# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests of what kvmdbg computes, on this host, under the address and undefined behaviour
# sanitizers. They link all of cli/ but main.c.

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_OUT := $(BUILD_HOST)/unit
UNIT_FLAGS = $(CFLAGS_HOST) -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Icli -Ibpf $(CLI_FLAGS)
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

$(UNIT_OUT)/test_%: $(UNIT_OUT)/test_%.o $(UNIT_OBJ) $(BUILD_HOST)/cli/objects.o
	$(call say,LD,$@)
	$(Q)$(CC_HOST) -fsanitize=address,undefined $(LDFLAGS_HOST) $^ -lcmocka $(CLI_LIBS_HOST) -o $@

.SECONDARY: $(UNIT_OBJ) $(UNIT_SRC:tests/unit/%.c=$(UNIT_OUT)/%.o)
-include $(UNIT_OBJ:.o=.d) $(UNIT_SRC:tests/unit/%.c=$(UNIT_OUT)/%.d)
