<?php

declare(strict_types=1);

/**
 * For the tests in TypeScript: an app that PHP's own server runs. The first part of a path says through which requests the library
 * is asked: /psr7, /symfony or /plain. The header x-test-options has the options of RequestAuth and what `authenticate` requires, and
 * REDIS_PORT says where Redis is.
 */

use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RedisWebToken\Http\Answer;
use RedisWebToken\Http\AuthMiddleware;
use RedisWebToken\Http\IncomingRequest;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\Http\Requirement;
use RedisWebToken\RedisWebToken;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;

require __DIR__ . '/../autoload.php';
require 'Nyholm/Psr7/autoload.php';
require 'Symfony/Component/HttpFoundation/autoload.php';
require __DIR__ . '/psr15.php';
require __DIR__ . '/psr7.php';

[, $via, $call] = explode('/', (string) parse_url((string) $_SERVER['REQUEST_URI'], PHP_URL_PATH)) + ['', '', ''];
$options = json_decode((string) ($_SERVER['HTTP_X_TEST_OPTIONS'] ?? '{}'), true, 512, JSON_THROW_ON_ERROR);
$require = $options['require'] ?? null;
unset($options['require']);
$rwt = new RedisWebToken(['redis' => ['host' => '127.0.0.1', 'port' => getenv('REDIS_PORT'), 'timeout' => 1.0]]);
$auth = new RequestAuth($rwt, (string) getenv('RWT_SECRET'), $options);
$psr17 = new Psr17Factory();

$request = match ($via) {
    'psr7' => requestFromGlobals($psr17),
    'symfony' => Request::createFromGlobals(),
    default => IncomingRequest::fromGlobals(),
};

if ($via === 'psr7' && $call === 'middleware') {
    $handler = new class ($psr17) implements RequestHandlerInterface {
        public function __construct(private readonly Psr17Factory $psr17)
        {
        }

        public function handle(ServerRequestInterface $request): ResponseInterface
        {
            return json($this->psr17, AuthMiddleware::session($request)['data'] ?? null);
        }
    };
    emit((new AuthMiddleware($auth, $psr17, null, $require === null ? null : new Requirement($require)))->process($request, $handler));
    exit;
}

parse_str((string) ($_SERVER['QUERY_STRING'] ?? ''), $query);
$persistent = isset($query['persistent']) ? ['persistent' => $query['persistent'] === 'true'] : [];
$result = match ($call) {
    'login' => $auth->signIn($request, ['name' => 'Ada'], ['subject' => '42'] + $persistent),
    'logout' => $auth->signOut($request),
    'rotate' => $auth->rotateSession($request),
    'list' => $auth->listSessions($request),
    'others' => $auth->endOtherSessions($request),
    'everywhere' => $auth->signOutEverywhere($request),
    // Later calls of a request use the token that an earlier one has made.
    'step-up' => [$auth->rotateSession($request, ['retry' => false]), $auth->endOtherSessions($request), $auth->listSessions($request)][2],
    'signed-out' => [$auth->signOut($request), $auth->authenticate($request)][1],
    'signed-in' => [$auth->signIn($request, ['name' => 'Bob']), $auth->authenticate($request)][1],
    'reauthenticate' => $auth->reauthenticate($request, ['amr' => ['pwd'], 'acr' => '2']),
    'proved' => [$auth->reauthenticate($request, ['amr' => ['pwd'], 'acr' => '2']), $auth->authenticate($request, ['require' => $require])][1],
    'socket' => $auth->authenticateUpgrade($request, ['require' => $require]),
    default => $auth->authenticate($request, ['require' => $require]),
};
$shown = match ($call) {
    'login', 'rotate', 'reauthenticate' => $result instanceof Refusal ? null : $result->token,
    'logout', 'everywhere' => $result instanceof Refusal ? null : $result->ended,
    'list', 'step-up' => is_array($result) ? array_column($result['sessions'], 'current') : null,
    default => is_array($result) ? $result['data'] : $result,
};
match (true) {
    $via === 'psr7' => emit(match (true) {
        $result instanceof Refusal => $result->dropCookie($result->toPsr7($psr17)),
        $result instanceof Answer => $result->addTo(json($psr17, $shown)),
        default => json($psr17, $shown),
    }),
    $via === 'symfony' => (match (true) {
        $result instanceof Refusal => $result->dropCookie($result->toSymfony()),
        $result instanceof Answer => $result->addTo(new JsonResponse(json_encode($shown), json: true)),
        default => new JsonResponse(json_encode($shown), json: true),
    })->send(),
    $result instanceof Refusal => $result->send(dropsCookie: true),
    default => plain($result, $shown),
};

function json(Psr17Factory $psr17, mixed $shown): ResponseInterface
{
    return $psr17->createResponse()->withHeader('Content-Type', 'application/json')->withBody($psr17->createStream((string) json_encode($shown)));
}

function plain(mixed $result, mixed $shown): void
{
    header('Content-Type: application/json');
    if ($result instanceof Answer) {
        $result->sendHeaders();
    }
    echo json_encode($shown);
}
