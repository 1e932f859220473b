import type { Registry } from "./entry";
import { tensorBackendEntries } from "./tensor-backend";
import { tensorDerivatives } from "./tensor-derivatives";
import { tensorNetworks } from "./tensor-networks";

export const tensor: Registry = { ...tensorBackendEntries, ...tensorDerivatives, ...tensorNetworks };
