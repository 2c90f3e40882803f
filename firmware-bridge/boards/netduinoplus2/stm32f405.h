/** Registers of the STM32F405 (ST's reference manual RM0090) that the board uses. */
#ifndef SPIKEWORD_STM32F405_H
#define SPIKEWORD_STM32F405_H

#include "../cortex-m/cortex-m.h"

#define FLASH_ACR REGISTER(0x40023c00)
#define ACR_FIVE_WAIT_STATES 5u
#define ACR_PREFETCH (1u << 8)
#define ACR_INSTRUCTION_CACHE (1u << 9)
#define ACR_DATA_CACHE (1u << 10)
#define ACR_DATA_CACHE_RESET (1u << 12)
#define FLASH_KEYR REGISTER(0x40023c04)
#define FLASH_SR REGISTER(0x40023c0c)
#define SR_ERRORS 0xf2u
#define SR_BUSY (1u << 16)
#define FLASH_CR REGISTER(0x40023c10)
#define CR_PROGRAM (1u << 0)
#define CR_SECTOR_ERASE (1u << 1)
#define CR_SECTOR(number) ((uint32_t)(number) << 3)
#define CR_WORDS (2u << 8)
#define CR_START (1u << 16)
#define CR_LOCK (1u << 31)

#define RCC_CR REGISTER(0x40023800)
#define RCC_PLLCFGR REGISTER(0x40023804)
#define RCC_CFGR REGISTER(0x40023808)
#define RCC_AHB1ENR REGISTER(0x40023830)
#define RCC_AHB2ENR REGISTER(0x40023834)
#define RCC_APB2ENR REGISTER(0x40023844)

#define GPIOB_MODER REGISTER(0x40020400)
#define GPIOB_PUPDR REGISTER(0x4002040c)
#define GPIOB_AFRL REGISTER(0x40020420)

#define USART1_SR REGISTER(0x40011000)
#define SR_OVERRUN (1u << 3)
#define SR_RECEIVED (1u << 5)
#define USART1_DR REGISTER(0x40011004)
#define USART1_BRR REGISTER(0x40011008)
#define USART1_CR1 REGISTER(0x4001100c)
#define IRQ_USART1 37

#define RNG_CR REGISTER(0x50060800)
#define RNG_SR REGISTER(0x50060804)
#define RNG_DR REGISTER(0x50060808)

#define DBGMCU_IDCODE REGISTER(0xe0042000)

/** Whether this is a real chip: its ID is 0x413, or 0x411 in revision A; QEMU's model reads 0. */
static inline bool on_silicon(void) { return (DBGMCU_IDCODE & 0xfffu) != 0; }

#endif
