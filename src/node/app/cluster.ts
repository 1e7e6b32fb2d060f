/** Studies on Slurm, from this machine: submitted, awaited, taken a step further, and ended. */

import {
  awaitStudy as awaited,
  type ClusterRequest,
  cancelStudy,
  nextStep,
  type OfStep,
  storedRequest as stored,
  submitStudy,
} from "../../app/cluster.js";
import { writeState } from "../../app/cluster-files.js";
import { nodePlatform as here } from "../platform.js";
import { type Script, scriptsOnly, slurmCluster } from "../slurm/cluster.js";

const slurm = slurmCluster(here.studies.files);

/** Submits to Slurm what a study lacks, unless it is in the queue already; false where nothing is lacking. */
export const submitToSlurm = (request: ClusterRequest): Promise<boolean> => submitStudy(request, slurm, here);

/** The record of a study that Slurm works on, when it is there. @throws CrispError for what ended it */
export const awaitSlurm = (request: ClusterRequest): ReturnType<typeof awaited> => awaited(request, slurm, here);

/** Writes the scripts that `submitToSlurm` would submit and returns them; submits nothing. */
export async function slurmScripts(request: ClusterRequest): Promise<readonly Script[]> {
  const scripts: Script[] = [];
  await submitStudy(request, scriptsOnly(slurm, here.studies.files, scripts), here);
  if (scripts.length > 0) await writeState(request.out, { state: "submitted", byHand: true }, here);
  return scripts;
}

/** A study's request as its folder has it, for Slurm. @throws CrispError `store` for a folder that holds none */
export const slurmRequest = (folder: string, running: OfStep): Promise<ClusterRequest> => stored(folder, running, here);

/** The next step of a study on Slurm, taken by the last job of the step before. */
export const advanceOnSlurm = (folder: string, running: OfStep): Promise<void> =>
  nextStep(folder, running, { cluster: slurm, platform: here });

/** Ends the jobs of a study; how many there were. */
export const cancelOnSlurm = (folder: string): ReturnType<typeof cancelStudy> => cancelStudy(folder, slurm, here);
