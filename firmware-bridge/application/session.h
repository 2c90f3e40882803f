/**
 * The board's side of the conversation: takes bytes from the line, does each request once, and answers. Ids, nonce,
 * repeated and late requests: firmware-bridge/protocol.md.
 */
#ifndef SPIKEWORD_SESSION_H
#define SPIKEWORD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

/** Begins a conversation with this boot nonce, and tells the host so. */
void session_start(uint32_t nonce);

/** Takes the next byte of the line, and answers if it completes a request. */
void session_receive(uint8_t byte);

/** A request to restart has been answered. */
bool session_restart_wanted(void);

/** A line for people, cut to 120 bytes of UTF-8. */
void session_text(const char *text);

#endif
