import { seeOther } from "redis-web-token/request";
import { auth } from "../utils/auth.ts";

export default defineEventHandler(async (event) => seeOther("/", await auth.signOutEverywhere(event)));
