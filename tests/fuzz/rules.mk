# SPDX-License-Identifier: GPL-2.0-only
#
# The readers of files under libFuzzer, with the address and undefined behaviour sanitizers.
# FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION: checksums are not looked at, which no mutation passes.

FUZZ_OUT := $(BUILD_HOST)/fuzz
FUZZ_FLAGS = -std=gnu11 -O1 -g $(WARN) -Icli -Ibpf $(CLI_FLAGS) -isystem $(HOST_LIBBPF)/include \
	-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
FUZZ_SRC := $(addprefix cli/,actions.c alert.c canvas.c config.c decode.c detail.c filter.c guests.c \
	history.c html.c lines.c model.c output.c recfile.c report.c rows.c run.c sentences.c \
	summary.c symbols.c trace.c util.c view.c vmname.c)
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(FUZZ_OUT)/%.o)
FUZZ_TEST := $(addprefix $(FUZZ_OUT)/,recording bench screen symbols text)

$(FUZZ_OUT)/%.o: %.c cli/rules.mk tests/fuzz/rules.mk $(HOST_LIBBPF_STAMP)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -c $< -o $@

$(FUZZ_TEST): $(FUZZ_OUT)/%: $(FUZZ_OUT)/tests/fuzz/%.o $(FUZZ_OBJ)
	$(call say,LD,$@)
	$(Q)$(CLANG) -fsanitize=address,undefined,fuzzer $^ -lelf -lz -ljson-c -lm -o $@

-include $(FUZZ_OBJ:.o=.d) $(FUZZ_TEST:$(FUZZ_OUT)/%=$(FUZZ_OUT)/tests/fuzz/%.d)
