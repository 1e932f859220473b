import { benignNetworks } from "./benign-networks";
import { benignRegression } from "./benign-regression";
import { benignTraining } from "./benign-training";
import type { Registry } from "./entry";

export const benign: Registry = {
  ...benignNetworks,
  ...benignRegression,
  ...benignTraining,
};
