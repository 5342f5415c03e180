import { openIronSession } from "../../../iron-session.ts";
import { checked } from "../checked.js";

export const dynamic = "force-dynamic";

export const GET = checked(openIronSession);
