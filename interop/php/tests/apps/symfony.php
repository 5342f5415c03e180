<?php

declare(strict_types=1);

/** Serves interop/php/examples/symfony by PHP's own server, for the tests in TypeScript: what a SecurityBundle configures is made by hand. */

use App\Controller\SessionController;
use App\Security\RwtAuthenticator;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\RedisWebToken;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\RequestMatcher;
use Symfony\Component\HttpFoundation\RequestStack;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Controller\ArgumentResolver;
use Symfony\Component\HttpKernel\Controller\ControllerResolver;
use Symfony\Component\HttpKernel\Event\RequestEvent;
use Symfony\Component\HttpKernel\HttpKernel;
use Symfony\Component\HttpKernel\KernelEvents;
use Symfony\Component\Security\Core\Authentication\Token\Storage\TokenStorage;
use Symfony\Component\Security\Core\User\InMemoryUserProvider;
use Symfony\Component\Security\Http\Authentication\AuthenticatorManager;
use Symfony\Component\Security\Http\Event\CheckPassportEvent;
use Symfony\Component\Security\Http\EventListener\UserProviderListener;
use Symfony\Component\Security\Http\Firewall;
use Symfony\Component\Security\Http\Firewall\AuthenticatorManagerListener;
use Symfony\Component\Security\Http\FirewallMap;

error_reporting(E_ALL & ~E_DEPRECATED);
require __DIR__ . '/../../autoload.php';
foreach (['EventDispatcher', 'HttpFoundation', 'HttpKernel', 'Security/Core', 'Security/Http'] as $component) {
    require "Symfony/Component/$component/autoload.php";
}
foreach (['RequestRefused', 'RwtAuthenticator', 'SessionController'] as $class) {
    require __DIR__ . "/../../examples/symfony/$class.php";
}

$rwt = new RedisWebToken(['redis' => ['port' => getenv('REDIS_PORT'), 'host' => '127.0.0.1', 'timeout' => 1.0]]);
$auth = new RequestAuth($rwt, getenv('RWT_SECRET'), ['from' => ['bearer', 'cookie'], 'optional' => getenv('RWT_OPTIONAL') === '1']);

// As framework.http_method_override does.
Request::enableHttpMethodParameterOverride();
$dispatcher = new EventDispatcher();
$tokens = new TokenStorage();
$users = new InMemoryUserProvider(['42' => ['password' => null]]);
$dispatcher->addListener(CheckPassportEvent::class, [new UserProviderListener($users), 'checkPassport']);
$manager = new AuthenticatorManager([new RwtAuthenticator($auth)], $tokens, $dispatcher, 'main');
$map = new FirewallMap();
$map->add(new RequestMatcher('^/private'), [new AuthenticatorManagerListener($manager)]);
$dispatcher->addSubscriber(new Firewall($map, $dispatcher));

$private = static fn (Request $request): Response => new Response(
    'Hello ' . ($request->attributes->get('rwt')['data']['name'] ?? 'stranger') . ", {$tokens->getToken()?->getUserIdentifier()}",
    headers: ['Cache-Control' => 'no-store'],
);
$controller = new SessionController($auth);
$routes = ['POST /login' => [$controller, 'signIn'], 'POST /logout' => [$controller, 'signOut'], 'GET /private' => $private];
$dispatcher->addListener(KernelEvents::REQUEST, static function (RequestEvent $event) use ($routes): void {
    $request = $event->getRequest();
    $none = static fn (): Response => new Response('', 404);
    $request->attributes->set('_controller', $routes["{$request->getMethod()} {$request->getPathInfo()}"] ?? $none);
}, 100);
(new HttpKernel($dispatcher, new ControllerResolver(), new RequestStack(), new ArgumentResolver()))->handle(Request::createFromGlobals())->send();
