# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of the screen need besides kvmdbg: one that crashes, and a day of frames.

SCREEN_CRASH := $(BUILD_HOST)/kvmdbg-crash
SCREEN_SOAK := $(BUILD_HOST)/soak

$(BUILD_HOST)/tests/screen/%.o: tests/screen/%.c cli/rules.mk tests/screen/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_HOST) $(CFLAGS_HOST) -Icli -Ibpf $(CLI_FLAGS) -c $< -o $@

$(SCREEN_CRASH): $(BUILD_HOST)/tests/screen/crash.o $(CLI_OBJ_HOST)
	$(call say,LD,$@)
	$(Q)$(CC_HOST) $(LDFLAGS_HOST) -Wl,--wrap=screen_draw $^ $(CLI_LIBS_HOST) -o $@

$(SCREEN_SOAK): $(BUILD_HOST)/tests/screen/soak.o $(filter-out %/main.o,$(CLI_OBJ_HOST))
	$(call say,LD,$@)
	$(Q)$(CC_HOST) $(LDFLAGS_HOST) $^ $(CLI_LIBS_HOST) -o $@

-include $(BUILD_HOST)/tests/screen/crash.d $(BUILD_HOST)/tests/screen/soak.d
