/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guests' code and the VMM agree on: addresses, ports and the
 * registers the VMM sets before a guest starts.
 *
 * At the start of every guest:
 *   r1  stack (never used, but an r1 of 0 is KVM's "critical section" mark)
 *   r28 PORT_BASE, r29 DATA, r30 UNMAPPED, r31 MAPPED_RO
 * Handlers use r20 to r27 only; r22, r23, r25 count.
 */
#ifndef KVMDBG_GUEST_H
#define KVMDBG_GUEST_H

#define GUEST_MEM	0x00800000
#define GUEST_CODE	0x00001000
#define GUEST_STACK	0x0001f000
#define GUEST_DATA	0x00020000
#define GUEST_LOG	0x00030000
#define GUEST_LONG	0x00100000	/* long straight-line code, made by the VMM */

#define GUEST_HIGH	(1ULL << 32)	/* all of it once more, with VM_HIGH */
#define UNMAPPED	0x20000000	/* in no TLB entry */
#define MAPPED_RO	0x10000000	/* one read-only page */
#define MPIC_BASE	0x0e000000

/* MMIO: offsets from r28 */
#define PORT_BASE	0x0f000000
#define PORT_DONE	0x00		/* write: the guest has come to its end */
#define PORT_SYNC	0x10		/* write: the VMM may look and act here */
#define PORT_PANIC	0x20		/* write: interrupt nobody expected, its number */
#define PORT_IO		0x40		/* a device of eight words that remembers */

#define SPR_DEC		22
#define SPR_SRR0	26
#define SPR_SRR1	27
#define SPR_CSRR0	58
#define SPR_ESR		62
#define SPR_IVPR	63	/* KVM emulates it on every core, unlike SPRG0 */
#define SPR_TBL		268	/* time base, lower half, for reading */
#define SPR_SPRG0	272
#define SPR_PVR		287
#define SPR_DBSR	304
#define SPR_DBCR0	308
#define SPR_DBCR1	309
#define SPR_DBCR2	310
#define SPR_IAC1	312
#define SPR_IAC2	313
#define SPR_DAC1	316
#define SPR_DAC2	317
#define SPR_TSR		336
#define SPR_TCR		340
#define SPR_MAS0	624
#define SPR_MAS1	625
#define SPR_MAS2	626

#define SPR_DSRR0	574
#define SPR_DSRR1	575
#define SPR_CSRR1	59
#define SPR_EPCR	307
#define SPR_IAC3	314
#define SPR_IAC4	315
#define SPR_DVC1	318
#define SPR_DVC2	319

#define MSR_CE		0x00020000
#define MSR_SPE		0x02000000
#define MSR_ME		0x00001000
#define MSR_PR		0x00004000
#define MSR_EE		0x00008000
#define MSR_DE		0x00000200

#define DBCR0_EDM	0x80000000
#define DBCR0_IDM	0x40000000
#define DBCR0_IC	0x08000000
#define DBCR0_BT	0x04000000
#define DBCR0_IAC1	0x00800000
#define DBCR0_DAC1R	0x00080000
#define DBCR0_DAC1W	0x00040000
#define DBCR2_DAC12_RANGE	0x00800000	/* both ends included */
#define DBSR_IC		0x08000000
#define DBSR_BT		0x04000000
#define DBSR_DAC1W	0x00040000

/* what an assembler for e500v2 does not know */
#define RFDI		.long 0x4c00004e
#define MSGSND(rb)	.long (0x7c00019c | (rb) << 11)

#define GUEST_SW_BP	0x00dddd00	/* KVM's software breakpoint instruction */

#endif /* KVMDBG_GUEST_H */
