/** How far a study is, on this machine and in the queue of its cluster. */
import { readRecord as recordOf, type StudyStatus, studyStatus as status } from "../../app/study-files.js";
import type { StudyRecord } from "../../study/record.js";
import { nodePlatform as here } from "../platform.js";
import { slurmCluster } from "../slurm/cluster.js";

const slurm = slurmCluster(here.studies.files);

/** Reads how far a study is, also while it runs. */
export const studyStatus = (folder: string): Promise<StudyStatus> => status(folder, here);

/** The record of a finished study. @throws CrispError `incomplete` if it has none yet */
export const readRecord = (folder: string): Promise<StudyRecord> => recordOf(folder, here);

/** A study's jobs in the queue. @throws CrispError `usage` where there is no Slurm, `incomplete` where it does not answer */
export const slurmJobs = (folder: string): ReturnType<typeof slurm.jobs> => slurm.jobs(folder, { once: true });
