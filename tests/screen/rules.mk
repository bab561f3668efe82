# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of the screen need besides kvmdbg: one that crashes, a day of frames, and
# a recording of stray events.

SCREEN_CRASH := $(BUILD_HOST)/kvmdbg-crash
SCREEN_SOAK := $(BUILD_HOST)/soak
SCREEN_STRAYS := $(BUILD_HOST)/strays

$(BUILD_HOST)/tests/screen/%.o: tests/screen/%.c cli/rules.mk tests/screen/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) $(CFLAGS_HOST) -Icli -Ibpf $(CLI_FLAGS) -c $< -o $@

$(SCREEN_CRASH): $(BUILD_HOST)/tests/screen/crash.o $(CLI_OBJ_HOST)
	$(call say,LD,$@)
	$(Q)$(CC_HOST) $(LDFLAGS_HOST) -Wl,--wrap=screen_draw $^ $(CLI_LIBS_HOST) -o $@

$(SCREEN_SOAK) $(SCREEN_STRAYS): $(BUILD_HOST)/%: $(BUILD_HOST)/tests/screen/%.o $(filter-out %/main.o,$(CLI_OBJ_HOST))
	$(call say,LD,$@)
	$(Q)$(CC_HOST) $(LDFLAGS_HOST) $^ $(CLI_LIBS_HOST) -o $@

-include $(BUILD_HOST)/tests/screen/crash.d $(BUILD_HOST)/tests/screen/soak.d $(BUILD_HOST)/tests/screen/strays.d
