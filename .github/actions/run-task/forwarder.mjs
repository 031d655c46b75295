// Written by orch export-gha: a copy of a program of orch 0.1.0.
import{createRequire as orchRequire}from'node:module';const require=orchRequire(import.meta.url);
import{connect,createServer}from"node:net";var[path="",port="0"]=process.argv.slice(2),server=createServer({allowHalfOpen:!0},client=>{let upstream=connect({path,allowHalfOpen:!0});tie(client,upstream),tie(upstream,client)});function tie(one,other){one.on("error",()=>other.destroy()),one.on("close",()=>{(!one.readableEnded||!one.writableFinished)&&other.destroy()}),one.pipe(other)}server.on("error",({message})=>fail(message));function fail(message){process.stderr.write(`${message}
`),process.exit(1)}var first=connect({path});first.on("error",({message})=>fail(message));first.on("connect",()=>{first.destroy(),server.listen(Number(port),"127.0.0.1",()=>{let address=server.address();process.stdout.write(`ready ${typeof address=="object"?address?.port:""}
`)})});
