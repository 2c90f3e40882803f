/**
 * The board's side of the conversation: takes bytes from the line, performs each request once, and answers.
 * firmware-bridge/protocol.md explains ids, the nonce, and repeated and late requests.
 */
#ifndef SPIKEWORD_SESSION_H
#define SPIKEWORD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

/** Begins a conversation with this nonce, and sends it to the host. */
void session_start(uint32_t nonce);

/** Takes the next byte from the line, and answers if it completes a request. */
void session_receive(uint8_t byte);

/** Whether a request to restart has been answered. */
bool session_restart_wanted(void);

/** Sends an event, whose body is cut to EVENT_BYTES. */
void session_event(uint32_t kind, const void *body, uint32_t length);

/** Sends a line for people in UTF-8, cut to EVENT_BYTES. */
void session_text(const char *text);

#endif
