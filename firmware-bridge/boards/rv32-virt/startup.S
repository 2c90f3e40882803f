/* The code from reset to main, and traps. */
#include "../shared/memory-use.h"

  .section .vectors, "ax"
  .globl reset
reset:
  csrci mstatus, 8
  la sp, stack_top
  la t0, trap_entry
  csrw mtvec, t0

  /* Physical memory protection: no access to the 4 KB below the stack, even in machine mode (locked, a power of two, no
     rights). */
  li t0, ((0x80040000 - 4096) >> 2) | (4096 / 8 - 1)
  csrw pmpaddr0, t0
  li t0, 0x98
  csrw pmpcfg0, t0

  la t0, stack_bottom
  li t1, STACK_PAINT
1:
  sw t1, 0(t0)
  addi t0, t0, 4
  bltu t0, sp, 1b

  la t0, data_image
  la t1, data_start
  la t2, data_end
  j 3f
2:
  lw t3, 0(t0)
  sw t3, 0(t1)
  addi t0, t0, 4
  addi t1, t1, 4
3:
  bltu t1, t2, 2b

  la t0, bss_start
  la t1, bss_end
  j 5f
4:
  sw zero, 0(t0)
  addi t0, t0, 4
5:
  bltu t0, t1, 4b

  call main
  call hal_restart

/*
 * Handles an interrupt; or a semihosting breakpoint without a debugger, which is stepped over and returns -1; or a
 * defect, such as a stack overflow, after which nothing can be saved.
 */
  .section .text.trap_entry, "ax"
  .balign 4
trap_entry:
  csrw mscratch, t0
  la t0, stack_bottom + 64
  bltu sp, t0, 8f
  csrr t0, mscratch
  addi sp, sp, -64
  sw ra, 0(sp)
  sw t0, 4(sp)
  sw t1, 8(sp)
  sw t2, 12(sp)
  sw a0, 16(sp)
  sw a1, 20(sp)
  sw a2, 24(sp)
  sw a3, 28(sp)
  sw a4, 32(sp)
  sw a5, 36(sp)
  sw a6, 40(sp)
  sw a7, 44(sp)
  sw t3, 48(sp)
  sw t4, 52(sp)
  sw t5, 56(sp)
  sw t6, 60(sp)
  csrr a0, mcause
  li t0, 3
  beq a0, t0, 6f
  call trap
  j 7f
6:
  csrr t0, mepc
  la t1, semihosting_breakpoint
  bne t0, t1, 8f
  addi t0, t0, 4
  csrw mepc, t0
  li t0, -1
  sw t0, 16(sp)
7:
  lw ra, 0(sp)
  lw t0, 4(sp)
  lw t1, 8(sp)
  lw t2, 12(sp)
  lw a0, 16(sp)
  lw a1, 20(sp)
  lw a2, 24(sp)
  lw a3, 28(sp)
  lw a4, 32(sp)
  lw a5, 36(sp)
  lw a6, 40(sp)
  lw a7, 44(sp)
  lw t3, 48(sp)
  lw t4, 52(sp)
  lw t5, 56(sp)
  lw t6, 60(sp)
  addi sp, sp, 64
  mret
8:
  la sp, stack_top
  call hal_restart

/* The shifts of x0 around the breakpoint mark it as a call; all three must be uncompressed and in one page. */
  .section .text.semihosting_call, "ax"
  .option push
  .option norvc
  .option norelax
  .balign 16
  .globl semihosting_call
semihosting_call:
  slli x0, x0, 0x1f
semihosting_breakpoint:
  ebreak
  srai x0, x0, 7
  ret
  .option pop
