#!/usr/bin/env node
const e=[24,2],[o=0,n=0]=process.versions.node.split(".").map(Number);if(o<e[0]||o===e[0]&&n<e[1])process.stderr.write(`wait-for-permission-set-provisioning needs Node ${e.join(".")} or later, and this is Node ${process.versions.node}. Get a newer one from https://nodejs.org/en/download, then run the command again.
`),process.exitCode=2;else{const{command:s}=await import("./index.js");await s(process.argv.slice(2))}export{};
