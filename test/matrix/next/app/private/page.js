// Next prerenders this page: the middleware alone stands before it.
export default function Page() {
  return "for members";
}
