export { type OneSampleTrainer, oneSampleSam } from "./one-sample-sam";
export { type OneSampleLoss, type OneSampleSamOptions } from "./one-sample-sam-options";
