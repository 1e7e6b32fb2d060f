/** The items of a study on this machine: made for a cluster, made again to verify them, packed, and cleared. */
import { clearStudy as clear, type GcRequest, type Rubbish } from "../../app/gc.js";
import { type PackRequest, type PackResult, packStudy as pack } from "../../app/pack.js";
import { type VerifyRequest, type VerifyResult, verifyStudy as verify } from "../../app/verify.js";
import { type WorkRequest, workItems as work } from "../../app/work-items.js";
import { nodePlatform as here } from "../platform.js";

/** Makes the items of a bundle. @throws CrispError `incomplete` when the signal stops it */
export const workItems = (request: WorkRequest): Promise<void> => work(request, here);

/** Computes some items of a study anew; the result says what differs. @throws CrispError `store`, `incomplete` */
export const verifyStudy = (request: VerifyRequest): Promise<VerifyResult> => verify(request, here);

/** Packs a study: its folder with all results in two files. @throws as `packStudy` of app/pack.ts */
export const packStudy = (request: PackRequest): Promise<PackResult> => pack(request, here);

/** Removes what no result of a study needs, and says what that is. @throws as `clearStudy` of app/gc.ts */
export const clearStudy = (request: GcRequest): Promise<readonly Rubbish[]> => clear(request, here);
