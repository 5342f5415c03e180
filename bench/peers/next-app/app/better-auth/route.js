import { openBetterAuth } from "../../../better-auth.ts";
import { checked } from "../checked.js";

export const dynamic = "force-dynamic";

export const GET = checked(openBetterAuth);
