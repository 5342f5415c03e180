import { fail, redirect } from "@sveltejs/kit";
import { auth } from "#lib/server/auth.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const { data } = auth.requireSession(event);
  const { sessions } = await auth.listSessions(event);
  return {
    name: data.name,
    devices: sessions.map(({ meta, current }) => ({ name: `${meta?.device}`, current })),
  };
};

export const actions: Actions = {
  // Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
  confirm: async (event) => {
    auth.requireSession(event);
    const form = await event.request.formData();
    if (form.get("password") !== "secret") return fail(401, { problem: "Wrong password" });
    await auth.rotate(event, { retry: false });
    redirect(303, "/account");
  },
  signOut: async (event) => {
    await auth.signOut(event);
    redirect(303, "/");
  },
  signOutEverywhere: async (event) => {
    await auth.signOutEverywhere(event);
    redirect(303, "/");
  },
};
