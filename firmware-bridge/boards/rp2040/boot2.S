/*
 * The second stage of booting (RP2040 datasheet, section 2.8.1.3): the chip's ROM copies the first 256 bytes of flash
 * to the end of RAM, checks the CRC in their last word, which the build writes, and calls them with LR = 0. They make
 * flash readable in place, by quad reads in continuous mode (section 4.10.10 and the W25Q080 of the Pico), and start
 * the firmware. The firmware calls its own copy after it has erased or programmed; then LR is not 0 and this returns.
 */
  .syntax unified
  .cpu cortex-m0plus
  .thumb

  .equ PADS_QSPI, 0x40020000
  .equ SSI, 0x18000000
  .equ CTRLR0, 0x00
  .equ CTRLR1, 0x04
  .equ SSIENR, 0x08
  .equ BAUDR, 0x14
  .equ SR, 0x28
  .equ DR0, 0x60
  .equ RX_SAMPLE_DLY, 0xf0
  .equ SPI_CTRLR0, 0xf4
  .equ SR_EMPTY, 1 << 2          /* nothing more to send */
  .equ SR_BUSY, 1 << 0

  /* 8 bits a frame, one line, send and receive */
  .equ COMMANDS, 7 << 16
  /* 32 bits a frame, four lines, read after a command */
  .equ QUAD_READS, 2 << 21 | 31 << 16 | 3 << 8
  /* an address with 8 more bits, which is 8 quad steps, then 4 clocks of waiting */
  .equ QUAD_ADDRESS, 8 << 2 | 4 << 11
  .equ CONTINUE, 0xa0            /* the bits after the address that keep the chip in this mode */

  .section .boot2, "ax"
  .global boot2
  .thumb_func
boot2:
  push {lr}
  /* SCLK 8 mA and fast; no Schmitt triggers on the data lines, which would delay them */
  ldr r3, =PADS_QSPI
  movs r0, #(2 << 4 | 1)
  str r0, [r3, #4]
  ldr r0, [r3, #8]
  movs r1, #2
  bics r0, r1
  str r0, [r3, #8]
  str r0, [r3, #12]
  str r0, [r3, #16]
  str r0, [r3, #20]

  ldr r3, =SSI
  movs r1, #0
  str r1, [r3, #SSIENR]
  movs r1, #2                    /* half of the processor's clock */
  str r1, [r3, #BAUDR]
  movs r1, #1
  movs r2, #RX_SAMPLE_DLY
  str r1, [r3, r2]
  ldr r1, =COMMANDS
  str r1, [r3, #CTRLR0]
  movs r1, #1
  str r1, [r3, #SSIENR]

  /* four lines must be enabled in the second status register; the chip remembers it */
  movs r0, #0x35
  bl read_status
  cmp r0, #2
  beq quad
  movs r1, #0x06                 /* allow writing */
  str r1, [r3, #DR0]
  bl transfer_end
  ldr r1, [r3, #DR0]
  movs r1, #0x01                 /* write both status registers */
  str r1, [r3, #DR0]
  movs r1, #0
  str r1, [r3, #DR0]
  movs r1, #2
  str r1, [r3, #DR0]
  bl transfer_end
  ldr r1, [r3, #DR0]
  ldr r1, [r3, #DR0]
  ldr r1, [r3, #DR0]
1:
  movs r0, #0x05
  bl read_status
  movs r1, #1
  tst r0, r1
  bne 1b

quad:
  movs r1, #0
  str r1, [r3, #SSIENR]
  ldr r1, =QUAD_READS
  str r1, [r3, #CTRLR0]
  movs r1, #0
  str r1, [r3, #CTRLR1]
  /* the first read gives its command, of 8 bits on one line, and enters the mode */
  ldr r1, =(QUAD_ADDRESS | 2 << 8 | 1)
  ldr r0, =(SSI + SPI_CTRLR0)
  str r1, [r0]
  movs r1, #1
  str r1, [r3, #SSIENR]
  movs r1, #0xeb
  str r1, [r3, #DR0]
  movs r1, #CONTINUE
  str r1, [r3, #DR0]
  bl transfer_end
  /* all others begin with the address, on four lines */
  movs r1, #0
  str r1, [r3, #SSIENR]
  ldr r1, =(CONTINUE << 24 | QUAD_ADDRESS | 2)
  str r1, [r0]
  movs r1, #1
  str r1, [r3, #SSIENR]

  pop {r0}
  cmp r0, #0
  beq start
  bx r0
start:
  ldr r0, =entry_vectors
  ldr r1, =0xe000ed08
  str r0, [r1]
  ldmia r0, {r0, r1}
  msr msp, r0
  bx r1

transfer_end:                    /* changes r1, r2 */
  ldr r1, [r3, #SR]
  movs r2, #SR_EMPTY
  tst r1, r2
  beq transfer_end
  movs r2, #SR_BUSY
  tst r1, r2
  bne transfer_end
  bx lr

read_status:                     /* command r0, result r0; changes r1, r2 */
  push {lr}
  str r0, [r3, #DR0]
  str r0, [r3, #DR0]
  bl transfer_end
  ldr r0, [r3, #DR0]
  ldr r0, [r3, #DR0]
  pop {pc}

  .ltorg
  .org 252
  .word 0                        /* the CRC, which the build writes */

  /* Copies the code from flash to RAM, and continues there. */
  .section .entry, "ax"
  .global entry_vectors
entry_vectors:
  .word stack_top
  .word entry + 1
  .thumb_func
entry:
  ldr r0, =text_image
  ldr r1, =text_start
  ldr r2, =text_end
1:
  ldmia r0!, {r3}
  stmia r1!, {r3}
  cmp r1, r2
  blo 1b
  ldr r0, =reset
  bx r0
  .ltorg
  .balign 256
