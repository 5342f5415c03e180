"use server";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { auth } from "../auth";

export async function signIn(form: FormData) {
  const name = String(form.get("name"));
  if (name === "" || form.get("password") !== "open sesame") redirect("/login?wrong");
  const device = (await headers()).get("User-Agent");
  await auth.signIn({ id: name.toLowerCase(), name }, { subject: name.toLowerCase(), meta: { device } });
  redirect("/account");
}

export async function signOut() {
  await auth.signOut();
  redirect("/login");
}

export async function signOutEverywhere() {
  await auth.signOutEverywhere();
  redirect("/login");
}

// Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
export async function confirm(form: FormData) {
  if (form.get("password") !== "open sesame") redirect("/account?wrong");
  await auth.rotate({ retry: false });
  redirect("/account");
}
