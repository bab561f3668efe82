// SPDX-License-Identifier: GPL-2.0-only
/*
 * The board's BPF programs have nothing in them that the JIT of 32-bit PowerPC gets wrong: see
 * bpf/rules.mk.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gelf.h>
#include <linux/bpf.h>

#define MAX_INSNS	4096

struct insn {
	uint8_t code;
	uint8_t dst, src;
	int16_t off;
	int32_t imm;
};

static struct insn insns[MAX_INSNS];
static bool jumped_to[MAX_INSNS + 1];
static size_t nr_insns;

/* One instruction as it lies in a big-endian object. */
static struct insn decode(const uint8_t *b)
{
	return (struct insn){
		.code = b[0], .dst = b[1] >> 4, .src = b[1] & 15,
		.off = (int16_t)(b[2] << 8 | b[3]),
		.imm = (int32_t)((uint32_t)b[4] << 24 | b[5] << 16 | b[6] << 8 | b[7]),
	};
}

static bool is_alu(const struct insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_ALU || BPF_CLASS(insn->code) == BPF_ALU64;
}

static bool is_move(const struct insn *insn)
{
	return is_alu(insn) && BPF_OP(insn->code) == BPF_MOV && BPF_SRC(insn->code) == BPF_X &&
	       insn->dst != insn->src;
}

static void check_insn(const char *name, size_t i)
{
	const struct insn *insn = &insns[i];

	if (insn->code == (BPF_JMP | BPF_CALL) && insn->src == BPF_PSEUDO_CALL)
		fail_msg("%s, instruction %zu: call of a function", name, i);
	if (insn->code == (BPF_STX | BPF_ATOMIC | BPF_DW))
		fail_msg("%s, instruction %zu: atomic operation on 64 bits", name, i);
	if (is_move(insn) && BPF_CLASS(insn->code) == BPF_ALU)
		fail_msg("%s, instruction %zu: 32-bit move", name, i);
	/* a move to itself, which is how 32 bits are cut off */
	if (i && insn->code == (BPF_ALU | BPF_MOV | BPF_X) && is_move(insn - 1) &&
	    insn[-1].dst == insn->dst)
		fail_msg("%s, instruction %zu: a move folded into a move to itself", name, i);
	if (i && jumped_to[i] && is_alu(insn) && is_move(insn - 1) && insn[-1].dst == insn->dst)
		fail_msg("%s, instruction %zu: jumped to, and folded with the move before it",
			 name, i);
}

static void check_section(const char *name, const Elf_Data *data)
{
	size_t i, target;

	nr_insns = data->d_size / 8;
	assert_in_range(nr_insns, 2, MAX_INSNS);
	memset(jumped_to, 0, sizeof(jumped_to));
	for (i = 0; i < nr_insns; i++)
		insns[i] = decode((const uint8_t *)data->d_buf + 8 * i);
	for (i = 0; i < nr_insns; i++) {
		if (BPF_CLASS(insns[i].code) == BPF_JMP || BPF_CLASS(insns[i].code) == BPF_JMP32) {
			if (BPF_OP(insns[i].code) == BPF_CALL || BPF_OP(insns[i].code) == BPF_EXIT)
				continue;
			target = i + 1 + insns[i].off;
			assert_true(target < nr_insns);
			jumped_to[target] = true;
		} else if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW)) {
			i++;
		}
	}
	for (i = 0; i < nr_insns; i++) {
		check_insn(name, i);
		if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
	}
}

static void test_programs(void **state)
{
	int fd = open(BOARD_OBJECT, O_RDONLY), programs = 0;
	Elf_Scn *section = NULL;
	const char *name;
	GElf_Shdr header;
	size_t strings;
	Elf *elf;

	(void)state;
	assert_true(fd >= 0);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	assert_non_null(elf);
	assert_int_equal(elf_getident(elf, NULL)[EI_DATA], ELFDATA2MSB);
	assert_int_equal(elf_getshdrstrndx(elf, &strings), 0);
	while ((section = elf_nextscn(elf, section))) {
		assert_non_null(gelf_getshdr(section, &header));
		name = elf_strptr(elf, strings, header.sh_name);
		if (header.sh_type != SHT_PROGBITS || !(header.sh_flags & SHF_EXECINSTR) ||
		    !header.sh_size)
			continue;
		check_section(name, elf_rawdata(section, NULL));
		programs++;
	}
	assert_int_equal(programs, 8);
	elf_end(elf);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests_name("bpf", tests, NULL, NULL);
}
