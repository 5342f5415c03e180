import { accept } from "../utils/accept.ts";
import { auth } from "../utils/auth.ts";

export default defineEventHandler(async (event) => accept(event, await auth.authenticate(event)).data);
