import type { Registry } from "./entry";
import { pacbayesBounds } from "./pacbayes-bounds";
import { pacbayesCertificate } from "./pacbayes-certificate";
import { pacbayesDivergences } from "./pacbayes-divergences";

export const pacbayes: Registry = { ...pacbayesDivergences, ...pacbayesBounds, ...pacbayesCertificate };
