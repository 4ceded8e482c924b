// Hands on what the microphone hears, as it comes.
"use strict";

class Samples extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice());
    return true;
  }
}

registerProcessor("samples", Samples);
