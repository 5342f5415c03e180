import { fail, redirect } from "@sveltejs/kit";
import { auth } from "#lib/server/auth.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => ({ name: locals.session?.data.name });

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const name = `${form.get("name") ?? ""}`;
    if (!name || form.get("password") !== "secret") return fail(401, { problem: "Wrong name or password" });
    const device = event.request.headers.get("User-Agent") ?? "unknown";
    await auth.signIn(event, { id: name, name }, { subject: name, meta: { device } });
    redirect(303, "/account");
  },
};
