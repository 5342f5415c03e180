<?php

declare(strict_types=1);

use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;

/** The request that PHP is answering, for PSR-7. Apps use a package for it, such as nyholm/psr7-server. */
function requestFromGlobals(Psr17Factory $psr17): ServerRequestInterface
{
    $request = $psr17->createServerRequest($_SERVER['REQUEST_METHOD'], "http://{$_SERVER['HTTP_HOST']}{$_SERVER['REQUEST_URI']}", $_SERVER);
    foreach (getallheaders() as $name => $value) {
        $request = $request->withHeader((string) $name, $value);
    }

    return $request;
}

/** Sends a response. Apps use a package for it, such as laminas/laminas-httphandlerrunner. */
function emit(ResponseInterface $response): void
{
    foreach ($response->getHeaders() as $name => $values) {
        foreach ($values as $value) {
            header("$name: $value", false);
        }
    }
    // Last, because PHP sets 401 with a WWW-Authenticate.
    http_response_code($response->getStatusCode());
    echo $response->getBody();
}
