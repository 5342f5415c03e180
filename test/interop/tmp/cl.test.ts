import { test } from "vitest";
import { startRedisCluster } from "../../../tools/redis-cluster.ts";
import { Redis } from "ioredis";
import { spawn } from "node:child_process";
test("x", async () => {
const cluster=await startRedisCluster(2);
const nodes=cluster.servers.map(({url})=>new Redis(url));
const slot=Number(await nodes[0].call("CLUSTER","KEYSLOT","{aa}"));
let from=0; try{ await nodes[0].set("{aa}s","1") }catch{ from=1; await nodes[1].set("{aa}s","1") }
const p=spawn("php",["/tmp/cl2.php",String(cluster.servers[from].port),"{aa}s"]);
let out="";p.stdout.on("data",d=>out+=d);p.stderr.on("data",d=>out+=d);
while(!out.includes("READY"))await new Promise(r=>setTimeout(r,20));
await cluster.moveSlots(from,1-from,[slot]);
p.stdin.write("go\n");
await new Promise(r=>p.on("close",r));
console.log(out);
for(const n of nodes)n.disconnect(); await cluster.stop();
}, 60000);
