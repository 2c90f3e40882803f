#!/usr/bin/env node
// In the repository, so that it can be run whatever the compiler does to the modes of its files.
import '../dist/host/cli/main.js';
