// A real Slurm of a few nodes on this machine for the time of a test: own configuration, sockets and ports
// in a temporary folder, its daemons children of the test. Needs root and the packages that `npm test` installs.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

const daemons = ["munged", "slurmctld", "slurmd"];

/** Whether this machine can run it. */
export const slurmHere =
  process.getuid?.() === 0 && daemons.every((name) => existsSync(`/usr/sbin/${name}`)) && existsSync("/usr/bin/sbatch");

export type SlurmOptions = {
  readonly nodes?: number;
  readonly cores?: number;
  readonly maxArraySize?: number;
  readonly maxArrayTasks?: number;
  readonly maxJobs?: number;
  /** Seconds for which its programs try to reach a controller. */
  readonly messageTimeout?: number;
};

export type Slurm = {
  /** What commands need to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Output of one of its programs. */
  ask(program: string, ...words: string[]): string;
  /** Kills a node with all that runs on it, as a machine that loses its power. */
  killNode(node: number): void;
  startNode(node: number): void;
  killController(): void;
  startController(): void;
  /** What an operator does: nodes that Slurm took out of service are put back. */
  resumeNodes(): void;
  /** Processes of tasks that run now. */
  tasks(): readonly number[];
  stop(): Promise<void>;
};

/** Starts it and waits until its nodes are idle. */
export async function startSlurm({
  nodes = 2,
  cores = 1,
  maxArraySize = 1001,
  maxArrayTasks = maxArraySize,
  maxJobs = 10_000,
  messageTimeout = 10,
}: SlurmOptions = {}): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), "crisp-slurm-"));
  const place = (...parts: string[]) => join(folder, ...parts);
  for (const name of ["munge", "run", "log", "state"]) mkdirSync(place(name), { mode: 0o755 });
  execFileSync("chmod", ["755", folder]);
  writeFileSync(place("munge", "key"), randomBytes(1024), { mode: 0o600 });
  const ports = await freePorts(nodes + 1);
  writeFileSync(
    place("slurm.conf"),
    configuration(folder, ports, { nodes, cores, maxArraySize, maxArrayTasks, maxJobs, messageTimeout }),
  );
  const env = { SLURM_CONF: place("slurm.conf") };
  const running = new Map<string, ChildProcess>();
  function begin(name: string, program: string, words: readonly string[]): void {
    running.set(name, spawn(`/usr/sbin/${program}`, words, { stdio: "ignore", env: { ...process.env, ...env } }));
  }
  function kill(name: string): void {
    running.get(name)?.kill("SIGKILL");
    running.delete(name);
  }
  const ask = (program: string, ...words: string[]) =>
    execFileSync(program, words, {
      encoding: "utf8",
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const slurm: Slurm = {
    env,
    ask,
    killNode(node) {
      kill(`n${node}`);
      for (const pid of tasksOf(env.SLURM_CONF, `n${node}`)) for (const one of [parentOf(pid), pid]) killProcess(one);
    },
    startNode: (node) => begin(`n${node}`, "slurmd", ["-D", "-f", env.SLURM_CONF, "-N", `n${node}`]),
    killController: () => kill("controller"),
    startController: () => begin("controller", "slurmctld", ["-D", "-f", env.SLURM_CONF]),
    resumeNodes() {
      try {
        for (const node of new Set(ask("sinfo", "-h", "-N", "-t", "drain", "-o", "%N").split("\n").filter(Boolean)))
          ask("scontrol", "update", `nodename=${node}`, "state=resume");
      } catch {
        // No controller at this moment: the next time.
      }
    },
    tasks: () => tasksOf(env.SLURM_CONF),
    async stop() {
      for (const pid of tasksOf(env.SLURM_CONF)) killProcess(pid);
      const ended = [...running.values()].map((child) => new Promise((done) => child.once("exit", done)));
      for (const child of running.values()) child.kill("SIGKILL");
      await Promise.all(ended);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const munge = ["key-file=key", "socket=socket", "pid-file=pid", "log-file=log", "seed-file=seed"].map((pair) => {
    const [option, name] = pair.split("=");
    return `--${option}=${place("munge", name)}`;
  });
  begin("munge", "munged", ["--foreground", "--force", ...munge]);
  while (!existsSync(place("munge", "socket"))) await pause();
  slurm.startController();
  for (let node = 0; node < nodes; node++) slurm.startNode(node);
  const idle = () => {
    try {
      return new Set(ask("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").split("\n").filter(Boolean)).size;
    } catch {
      return 0;
    }
  };
  for (let n = 0; idle() < nodes; n++) {
    if (n > 300)
      throw new Error(`Slurm did not start: ${readFileSync(place("log", "controller"), "utf8").slice(-2000)}`);
    await pause();
  }
  return slurm;
}

const pause = () => new Promise((done) => setTimeout(done, 100));

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone by itself.
  }
}

/** Processes begun by batch scripts of this Slurm, of one node or of all: their environment names both. */
function tasksOf(configuration: string, node?: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        if (!words.includes(`SLURM_CONF=${configuration}`)) return false;
        return words.some((word) =>
          node === undefined ? /^SLURMD_NODENAME=/.test(word) : word === `SLURMD_NODENAME=${node}`,
        );
      } catch {
        return false;
      }
    });
}

function parentOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return pid;
  }
}

/** Below those that the kernel gives to connections (32768 and more), which could take the port of a daemon that is begun again. */
async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}

function configuration(folder: string, ports: readonly number[], of: Required<SlurmOptions>): string {
  const host = hostname().split(".")[0];
  const lines = [
    "ClusterName=crisptest",
    `SlurmctldHost=${host}(127.0.0.1)`,
    "SlurmUser=root",
    "SlurmdUser=root",
    `SlurmctldPort=${ports[0]}`,
    "AuthType=auth/munge",
    `AuthInfo=socket=${folder}/munge/socket,cred_expire=5`,
    `StateSaveLocation=${folder}/state`,
    `SlurmctldPidFile=${folder}/run/slurmctld.pid`,
    `SlurmdPidFile=${folder}/run/slurmd-%n.pid`,
    `SlurmdSpoolDir=${folder}/spool-%n`,
    `SlurmctldLogFile=${folder}/log/controller`,
    `SlurmdLogFile=${folder}/log/%n`,
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    `SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1,max_array_tasks=${of.maxArrayTasks}`,
    `MaxArraySize=${of.maxArraySize}`,
    `MaxJobCount=${of.maxJobs}`,
    `MessageTimeout=${of.messageTimeout}`,
    "MinJobAge=600",
    "KillWait=5",
    "ReturnToService=2",
    "SlurmctldTimeout=10",
    // A node tells which jobs it still has with every 20th ping, and pings are a third of this apart: a controller
    // that was restarted learns only so which jobs ended meanwhile, after 20 s here and after 60 s at 10.
    "SlurmdTimeout=5",
    "MailProg=/bin/true",
    ...Array.from(
      { length: of.nodes },
      (_, n) =>
        `NodeName=n${n} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[n + 1]} CPUs=${of.cores} RealMemory=2000 State=UNKNOWN`,
    ),
    "PartitionName=main Nodes=ALL Default=YES MaxTime=1-0 State=UP",
  ];
  return `${lines.join("\n")}\n`;
}
