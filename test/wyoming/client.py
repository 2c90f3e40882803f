"""Listens with the published client of Wyoming to the raw sound in a file. Prints the info, then each detection.

client.py URI FILE WORDS: words with commas between them, or nothing for any.
"""

import asyncio
import json
import sys

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.info import Describe, Info
from wyoming.wake import Detect, Detection, NotDetected

RATE = 16000


async def main(uri: str, file: str, words: str) -> None:
    with open(file, "rb") as sound:
        audio = sound.read()
    async with AsyncClient.from_uri(uri) as client:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
        program = info.wake[0]
        print(json.dumps([program.name, program.installed, [model.name for model in program.models]]))
        for _ in range(2):
            await client.write_event(Detect(names=words.split(",") if words else None).event())
            await client.write_event(AudioStart(rate=RATE, width=2, channels=1, timestamp=0).event())
            for at in range(0, len(audio), 2048):
                chunk = AudioChunk(
                    rate=RATE, width=2, channels=1, audio=audio[at : at + 2048], timestamp=at * 1000 // (2 * RATE)
                )
                await client.write_event(chunk.event())
            await client.write_event(AudioStop(timestamp=None).event())
        # one more stream, of silence: its end is told, so everything before it has been
        await client.write_event(AudioStart(rate=RATE, width=2, channels=1).event())
        await client.write_event(AudioStop().event())
        while True:
            event = await client.read_event()
            if event is None or NotDetected.is_type(event.type):
                break
            if Detection.is_type(event.type):
                found = Detection.from_event(event)
                print(json.dumps([found.name, found.timestamp]))


asyncio.run(main(*sys.argv[1:]))
