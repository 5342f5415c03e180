<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

/** Requests that other sites' pages may have sent (CSRF). */
final class CrossSite
{
    /**
     * Whether a page of another origin may have sent a request that changes something (CSRF; OWASP ASVS 3.5.1) or opens a WebSocket
     * (RFC 6455 §10.2; ASVS 4.4.2). No page can forge `Origin` or `Sec-Fetch-Site`, so either is enough to refuse. A request without
     * both doesn't come from a browser, but from curl or a service, which no page can control.
     *
     * @param list<string> $origins   the pages of other origins that may, as Origin::of writes them
     * @param list<string> $paths     where requests of any page may come to, except to open a WebSocket
     * @param bool         $isUpgrade whether it opens a WebSocket, whatever its headers say
     */
    public static function mayBe(IncomingRequest $request, array $origins, array $paths, bool $isUpgrade): bool
    {
        // A WebSocket handshake is a GET, and over HTTP/2 a CONNECT (RFC 8441). Over ws://, browsers send it without `Sec-Fetch-Site`.
        $opensSocket = $isUpgrade || $request->method === 'CONNECT' || stripos((string) $request->header('Upgrade'), 'websocket') !== false;
        if (!$opensSocket && (preg_match('/^(GET|HEAD|OPTIONS)$/iD', $request->method) === 1 || in_array($request->path, $paths, true))) {
            return false;
        }
        $sent = $request->header('Origin');
        $origin = $sent === null ? null : Origin::of($sent);
        if ($origin !== null && in_array($origin, $origins, true)) {
            return false;
        }
        $site = (string) $request->header('Sec-Fetch-Site');
        // "none" is the user's own action, such as a bookmark. "same-site" is another host, which may belong to somebody else.
        if (!in_array($site, ['', 'same-origin', 'none'], true)) {
            return true;
        }
        // A page's own requests may have no Origin, or "null" with `Referrer-Policy: no-referrer`. Without `Sec-Fetch-Site`, as in old
        // browsers, "null" may also be a page of another origin.
        if ($sent === null || ($sent === 'null' && $site !== '')) {
            return false;
        }
        // Behind a proxy, a framework's URL may have the internal host, and `Host` the one that the browser used. Ignore the scheme,
        // since a proxy may change it, and so accept the default port of http and https.
        foreach ([$request->host, (string) $request->header('Host')] as $host) {
            if ($origin !== null && in_array($origin, [Origin::of("http://$host"), Origin::of("https://$host")], true)) {
                return false;
            }
        }

        return true;
    }
}
